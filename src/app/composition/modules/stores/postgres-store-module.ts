import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { PostgresDatabase } from '../../../../adapters/stores/postgres/database/postgres-database.ts';
import { PostgresDiagnosis } from '../../../../adapters/stores/postgres/postgres-diagnosis.ts';
import { PostgresMaintenance } from '../../../../adapters/stores/postgres/postgres-maintenance.ts';
import { PostgresUserStore } from '../../../../adapters/stores/postgres/postgres-user-store.ts';
import { SchemaMismatch, UnfitServer } from '../../../../adapters/stores/postgres/schema/schema-problems.ts';
import { reasonOf } from '../../../../ports/errors.ts';
import type { PostgresSettings } from '../../config/config.ts';
import { InvalidConfiguration } from '../../config/invalid-configuration.ts';
import { TOKENS } from '../../tokens.ts';

const DATABASE: ServiceIdentifier<PostgresDatabase> = Symbol('PostgresDatabase');

export function postgresStoreModule(
  { target, poolMax }: PostgresSettings,
  tombstoneTtlMs: number,
): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(DATABASE)
      .toResolvedValue(
        (clock, ids) => {
          try {
            return new PostgresDatabase({ target, poolMax, clock, ids });
          } catch (error) {
            throw asUnusable(error);
          }
        },
        [TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope()
      .onDeactivation((database) => database.close());
    bind(TOKENS.inspectedStore).toService(TOKENS.store);
    bind(TOKENS.store)
      .toResolvedValue((database) => new PostgresUserStore({ database, tombstoneTtlMs }), [DATABASE])
      .inSingletonScope();
    bind(TOKENS.storeDiagnosis)
      .toResolvedValue((database) => new PostgresDiagnosis(database), [DATABASE])
      .inSingletonScope();
    bind(TOKENS.provisionable)
      .toResolvedValue(
        (database, clock) => {
          const maintenance = new PostgresMaintenance(database, clock);
          return {
            provision: async (deadline) => {
              try {
                return await maintenance.provision(deadline);
              } catch (error) {
                throw error instanceof SchemaMismatch || error instanceof UnfitServer
                  ? asUnusable(error)
                  : error;
              }
            },
          };
        },
        [DATABASE, TOKENS.clock],
      )
      .inSingletonScope();
  });
}

/** Without the URL, which may contain a password. */
function asUnusable(error: unknown): InvalidConfiguration {
  return new InvalidConfiguration([`DATABASE_URL cannot be used (value hidden): ${reasonOf(error)}`]);
}
