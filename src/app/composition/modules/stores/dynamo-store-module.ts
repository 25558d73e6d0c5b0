import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { createDynamoClient, hasRegion } from '../../../../adapters/stores/dynamodb/dynamo-client.ts';
import { DynamoDiagnosis } from '../../../../adapters/stores/dynamodb/dynamo-diagnosis.ts';
import { DynamoMaintenance } from '../../../../adapters/stores/dynamodb/dynamo-maintenance.ts';
import { TableMismatch } from '../../../../adapters/stores/dynamodb/dynamo-table.ts';
import { DynamoUserStore } from '../../../../adapters/stores/dynamodb/dynamo-user-store.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { Ids } from '../../../../ports/ids.ts';
import type { DynamoSettings } from '../../config/config.ts';
import { InvalidConfiguration } from '../../config/invalid-configuration.ts';
import { TOKENS } from '../../tokens.ts';

const CLIENT: ServiceIdentifier<DynamoDBDocumentClient> = Symbol('DynamoDBDocumentClient');
const MAINTENANCE: ServiceIdentifier<DynamoMaintenance> = Symbol('DynamoMaintenance');

export function dynamoStoreModule(settings: DynamoSettings, tombstoneTtlMs: number): ContainerModule {
  const { tableName } = settings;
  const options = (client: DynamoDBDocumentClient, clock: Clock, ids: Ids) => ({
    client,
    clock,
    ids,
    tableName,
    tombstoneTtlMs,
  });
  return new ContainerModule(({ bind }) => {
    bind(CLIENT)
      .toResolvedValue(async () => {
        const client = createDynamoClient(settings);
        if (await hasRegion(client)) return client;
        client.destroy();
        throw new InvalidConfiguration([
          'AWS_REGION: not set, and the AWS SDK finds no region elsewhere; expected: a region such as eu-central-1',
        ]);
      }, [])
      .inSingletonScope()
      .onDeactivation((client) => client.destroy());
    bind(TOKENS.inspectedStore).toService(TOKENS.store);
    bind(TOKENS.store)
      .toResolvedValue(
        (...dependencies) => new DynamoUserStore(options(...dependencies)),
        [CLIENT, TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope();
    bind(TOKENS.storeDiagnosis)
      .toResolvedValue(
        (...dependencies) => new DynamoDiagnosis(options(...dependencies)),
        [CLIENT, TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope();
    bind(MAINTENANCE)
      .toResolvedValue(
        (...dependencies) => new DynamoMaintenance(options(...dependencies)),
        [CLIENT, TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope();
    bind(TOKENS.migratable).toService(MAINTENANCE);
    bind(TOKENS.provisionable)
      .toResolvedValue(
        (maintenance) => ({
          provision: async (deadline) => {
            try {
              return await maintenance.provision(deadline);
            } catch (error) {
              if (!(error instanceof TableMismatch)) throw error;
              throw new InvalidConfiguration([
                `TABLE_NAME: ${JSON.stringify(tableName)} cannot be used: ${error.message}`,
              ]);
            }
          },
        }),
        [MAINTENANCE],
      )
      .inSingletonScope();
  });
}
