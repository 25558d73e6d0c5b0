import { ContainerModule } from 'inversify';
import type { Cache } from '../../../ports/cache.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Diagnosable } from '../../../ports/diagnosis.ts';
import type { SelfChecking } from '../../../ports/self-checking.ts';
import { AccountService } from '../../account-service.ts';
import { CacheCircuitBreaker } from '../../freshness/cache-circuit-breaker.ts';
import type { CacheIdentity } from '../../freshness/epochs/cache-identity.ts';
import { EpochKeeper } from '../../freshness/epochs/epoch-keeper.ts';
import { EpochWatch } from '../../freshness/epochs/epoch-watch.ts';
import { PermittedStore } from '../../freshness/epochs/permitted-store.ts';
import { createFreshness } from '../../freshness/freshness.ts';
import { BackgroundSweep } from '../../operations/background-sweep.ts';
import { CacheEpochs } from '../../operations/cache-epochs.ts';
import { Doctor, type InspectedStore } from '../../operations/doctor.ts';
import { Health } from '../../operations/health.ts';
import { StartUp } from '../../operations/start-up.ts';
import { Sweep } from '../../operations/sweep.ts';
import type { Config } from '../config/config.ts';
import { TOKENS } from '../tokens.ts';

/** The application itself, on the adapters that the other modules bind. */
export function appModule({ freshness: settings }: Config): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.epochKeeper)
      .toResolvedValue(
        (store, cache, identity, clock, ids, telemetry) =>
          new EpochKeeper({ store, cache, identity, clock, ids, telemetry, settings }),
        [TOKENS.store, TOKENS.cache, TOKENS.cacheIdentity, TOKENS.clock, TOKENS.ids, TOKENS.telemetry],
      )
      .inSingletonScope();

    bind(TOKENS.epochWatch)
      .toResolvedValue(
        (keeper, cache, clock, ids) => new EpochWatch({ keeper, cache, clock, ids, settings }),
        [TOKENS.epochKeeper, TOKENS.cache, TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope();

    bind(TOKENS.records)
      .toResolvedValue(
        (store, cache, keeper, clock, ids, telemetry) => {
          const breaker = new CacheCircuitBreaker({
            cache,
            clock,
            timeoutMs: settings.cacheTimeoutMs,
            telemetry,
          });
          return createFreshness({ store, cache, keeper, breaker, settings, clock, ids, telemetry }).records;
        },
        [TOKENS.store, TOKENS.cache, TOKENS.epochKeeper, TOKENS.clock, TOKENS.ids, TOKENS.telemetry],
      )
      .inSingletonScope();

    bind(TOKENS.accountService)
      .toResolvedValue(
        (records, store, keeper, clock, ids) =>
          new AccountService({
            records,
            store: new PermittedStore(store, keeper),
            clock,
            ids,
            storeTimeoutMs: settings.storeTimeoutMs,
          }),
        [TOKENS.records, TOKENS.store, TOKENS.epochKeeper, TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope();

    bind(TOKENS.health)
      .toResolvedValue<[EpochKeeper, Cache, CacheIdentity, Clock, SelfChecking[]]>(
        (keeper, cache, identity, clock, selfChecking) =>
          new Health({ keeper, cache, identity, clock, settings, selfChecking }),
        [
          TOKENS.epochKeeper,
          TOKENS.cache,
          TOKENS.cacheIdentity,
          TOKENS.clock,
          { isMultiple: true, serviceIdentifier: TOKENS.selfChecking },
        ],
      )
      .inSingletonScope();

    bind(TOKENS.startUp)
      .toResolvedValue(
        (keeper, health, clock) => new StartUp({ keeper, health, clock }),
        [TOKENS.epochKeeper, TOKENS.health, TOKENS.clock],
      )
      .inSingletonScope();

    bind(TOKENS.sweep)
      .toResolvedValue(
        (records, store, keeper, clock) =>
          new Sweep({
            records,
            store: new PermittedStore(store, keeper),
            clock,
            storeTimeoutMs: settings.storeTimeoutMs,
          }),
        [TOKENS.records, TOKENS.store, TOKENS.epochKeeper, TOKENS.clock],
      )
      .inSingletonScope();

    bind(TOKENS.cacheEpochs)
      .toResolvedValue(
        (store, keeper, identity, clock, ids) =>
          new CacheEpochs({ store, keeper, identity, clock, ids, settings }),
        [TOKENS.store, TOKENS.epochKeeper, TOKENS.cacheIdentity, TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope();

    bind(TOKENS.backgroundSweep)
      .toResolvedValue(
        (sweep, clock, ids) => new BackgroundSweep({ sweep, clock, ids }),
        [TOKENS.sweep, TOKENS.clock, TOKENS.ids],
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
