import { ContainerModule } from 'inversify';
import type { Cache } from '../../../ports/cache.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Diagnosable } from '../../../ports/diagnosis.ts';
import type { UserStore } from '../../../ports/user-store.ts';
import { AccountService } from '../../account-service.ts';
import { BackgroundSweep } from '../../background-sweep.ts';
import { Doctor } from '../../doctor.ts';
import { type CacheIdentity, CachePairing } from '../../freshness/cache-pairing.ts';
import { CacheTrust } from '../../freshness/cache-trust.ts';
import { freshnessOf } from '../../freshness/freshness.ts';
import { Health } from '../../health.ts';
import { StartUp } from '../../start-up.ts';
import { Sweep } from '../../sweep.ts';
import type { Config } from '../config.ts';
import { TOKENS } from '../tokens.ts';

/** The application itself, on whatever adapters the other modules bring. */
export function appModule({ freshness: settings }: Config): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.cachePairing)
      .toResolvedValue(
        (store, cache, ids) => new CachePairing(store, cache, ids),
        [TOKENS.store, TOKENS.cacheIdentity, TOKENS.ids],
      )
      .inSingletonScope();

    bind(TOKENS.records)
      .toResolvedValue(
        (store, cache, pairing, clock, ids, telemetry) => {
          const trust = new CacheTrust({ cache, clock, timeoutMs: settings.cacheTimeoutMs, telemetry });
          const parts = { store, cache, pairing, trust, settings, clock, ids, telemetry };
          return freshnessOf(parts).records;
        },
        [TOKENS.store, TOKENS.cache, TOKENS.cachePairing, TOKENS.clock, TOKENS.ids, TOKENS.telemetry],
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
      .toResolvedValue(
        (store, cache, pairing, clock) => new Health({ store, cache, pairing, clock, settings }),
        [TOKENS.store, TOKENS.cache, TOKENS.cachePairing, TOKENS.clock],
      )
      .inSingletonScope();

    bind(TOKENS.startUp)
      .toResolvedValue(
        (pairing, health, clock) => new StartUp({ pairing, health, clock, settings }),
        [TOKENS.cachePairing, TOKENS.health, TOKENS.clock],
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

    bind(TOKENS.doctor)
      .toResolvedValue<[UserStore | undefined, Cache, CacheIdentity, Clock, Diagnosable[]]>(
        (store, cache, cacheIdentity, clock, adapters) =>
          new Doctor({ store, cache, cacheIdentity, clock, adapters, settings }),
        [
          { optional: true, serviceIdentifier: TOKENS.store },
          TOKENS.cache,
          TOKENS.cacheIdentity,
          TOKENS.clock,
          { isMultiple: true, serviceIdentifier: TOKENS.diagnosable },
        ],
      )
      .inSingletonScope();
  });
}
