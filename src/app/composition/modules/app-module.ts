import { ContainerModule } from 'inversify';
import type { Cache } from '../../../ports/cache.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Diagnosable } from '../../../ports/diagnosis.ts';
import type { SelfChecking } from '../../../ports/self-checking.ts';
import { AccountService } from '../../account-service.ts';
import { CacheBinding, type CacheIdentity } from '../../freshness/cache-binding.ts';
import { CacheCircuitBreaker } from '../../freshness/cache-circuit-breaker.ts';
import { createFreshness } from '../../freshness/freshness.ts';
import { BackgroundSweep } from '../../operations/background-sweep.ts';
import { Doctor, type InspectedStore } from '../../operations/doctor.ts';
import { Health } from '../../operations/health.ts';
import { StartUp } from '../../operations/start-up.ts';
import { StoreWatch } from '../../operations/store-watch.ts';
import { Sweep } from '../../operations/sweep.ts';
import type { Config } from '../config/config.ts';
import { TOKENS } from '../tokens.ts';

/** The application itself, on the adapters that the other modules bind. */
export function appModule({ freshness: settings }: Config): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.cacheBinding)
      .toResolvedValue(
        (store, cache, ids, clock, telemetry) => new CacheBinding({ store, cache, ids, clock, telemetry }),
        [TOKENS.store, TOKENS.cacheIdentity, TOKENS.ids, TOKENS.clock, TOKENS.telemetry],
      )
      .inSingletonScope();

    bind(TOKENS.records)
      .toResolvedValue(
        (store, cache, binding, clock, ids, telemetry) => {
          const breaker = new CacheCircuitBreaker({
            cache,
            clock,
            timeoutMs: settings.cacheTimeoutMs,
            telemetry,
          });
          return createFreshness({ store, cache, binding, breaker, settings, clock, ids, telemetry }).records;
        },
        [TOKENS.store, TOKENS.cache, TOKENS.cacheBinding, TOKENS.clock, TOKENS.ids, TOKENS.telemetry],
      )
      .inSingletonScope();

    bind(TOKENS.accountService)
      .toResolvedValue(
        (records, store, clock, ids) =>
          new AccountService({ records, store, clock, ids, storeTimeoutMs: settings.storeTimeoutMs }),
        [TOKENS.records, TOKENS.store, TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope();

    bind(TOKENS.health)
      .toResolvedValue<[Cache, CacheBinding, Clock, SelfChecking[]]>(
        (cache, binding, clock, selfChecking) =>
          new Health({ cache, binding, clock, settings, selfChecking }),
        [
          TOKENS.cache,
          TOKENS.cacheBinding,
          TOKENS.clock,
          { isMultiple: true, serviceIdentifier: TOKENS.selfChecking },
        ],
      )
      .inSingletonScope();

    bind(TOKENS.startUp)
      .toResolvedValue(
        (binding, health, clock) => new StartUp({ binding, health, clock, settings }),
        [TOKENS.cacheBinding, TOKENS.health, TOKENS.clock],
      )
      .inSingletonScope();

    bind(TOKENS.sweep)
      .toResolvedValue(
        (records, store, clock) =>
          new Sweep({ records, store, clock, storeTimeoutMs: settings.storeTimeoutMs }),
        [TOKENS.records, TOKENS.store, TOKENS.clock],
      )
      .inSingletonScope();

    bind(TOKENS.backgroundSweep)
      .toResolvedValue(
        (sweep, clock, ids) => new BackgroundSweep({ sweep, clock, ids }),
        [TOKENS.sweep, TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope();

    bind(TOKENS.storeWatch)
      .toResolvedValue(
        (store, binding, clock) => new StoreWatch({ store, binding, clock, settings }),
        [TOKENS.store, TOKENS.cacheBinding, TOKENS.clock],
      )
      .inSingletonScope();

    bind(TOKENS.doctor)
      .toResolvedValue<
        [
          InspectedStore | undefined,
          Diagnosable | undefined,
          Cache,
          Diagnosable | undefined,
          CacheIdentity,
          Clock,
        ]
      >(
        (store, storeDiagnosis, cache, cacheDiagnosis, cacheIdentity, clock) =>
          new Doctor({ store, storeDiagnosis, cache, cacheDiagnosis, cacheIdentity, clock, settings }),
        [
          { optional: true, serviceIdentifier: TOKENS.inspectedStore },
          { optional: true, serviceIdentifier: TOKENS.storeDiagnosis },
          TOKENS.cache,
          { optional: true, serviceIdentifier: TOKENS.cacheDiagnosis },
          TOKENS.cacheIdentity,
          TOKENS.clock,
        ],
      )
      .inSingletonScope();
  });
}
