import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { MomentoCache } from '../../../../adapters/caches/momento/momento-cache.ts';
import {
  createMomentoClient,
  type MomentoClient,
} from '../../../../adapters/caches/momento/momento-client.ts';
import { InvalidMomentoKey } from '../../../../adapters/caches/momento/momento-credentials.ts';
import { MomentoDiagnosis } from '../../../../adapters/caches/momento/momento-diagnosis.ts';
import { MomentoMaintenance } from '../../../../adapters/caches/momento/momento-maintenance.ts';
import type { MomentoSettings } from '../../config/config.ts';
import { InvalidConfiguration } from '../../config/invalid-configuration.ts';
import { TOKENS } from '../../tokens.ts';

/** The deadline of the SDK, for requests without a deadline from the caller. */
const MIN_SDK_TIMEOUT_MS = 1000;

const CLIENT: ServiceIdentifier<MomentoClient> = Symbol('MomentoClient');

/** @param timeoutMs deadline of one cache operation */
export function momentoCacheModule(settings: MomentoSettings, timeoutMs: number): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(CLIENT)
      .toResolvedValue(
        (clock) => {
          try {
            return createMomentoClient({
              ...settings,
              clock,
              timeoutMs: Math.max(timeoutMs, MIN_SDK_TIMEOUT_MS),
            });
          } catch (error) {
            if (!(error instanceof InvalidMomentoKey)) throw error;
            throw new InvalidConfiguration([
              `MOMENTO_API_KEY cannot be used (value hidden): ${error.message}`,
            ]);
          }
        },
        [TOKENS.clock],
      )
      .inSingletonScope()
      .onDeactivation((client) => client.close());
    bind(TOKENS.cache)
      .toResolvedValue((client) => new MomentoCache(client), [CLIENT])
      .inSingletonScope();
    bind(TOKENS.cacheIdentity).toConstantValue({
      description: `momento ${settings.cacheName}`,
      isPrivate: false,
      isAbsent: false,
    });
    bind(TOKENS.cacheDiagnosis)
      .toResolvedValue((client) => new MomentoDiagnosis(client), [CLIENT])
      .inSingletonScope();
    bind(TOKENS.provisionable)
      .toResolvedValue((client) => new MomentoMaintenance(client), [CLIENT])
      .inSingletonScope();
  });
}
