import { MemoryCache } from '../../src/adapters/caches/memory/memory-cache.ts';
import { MemoryUserStore } from '../../src/adapters/stores/memory/memory-user-store.ts';
import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import { CacheCircuitBreaker } from '../../src/app/freshness/cache-circuit-breaker.ts';
import { EpochKeeper } from '../../src/app/freshness/epochs/epoch-keeper.ts';
import { createFreshness } from '../../src/app/freshness/freshness.ts';
import type { FreshnessSettings } from '../../src/app/freshness/freshness-settings.ts';
import type { Change } from '../../src/domain/change.ts';
import type { RecordKey } from '../../src/domain/records.ts';
import type { Cache } from '../../src/ports/cache.ts';
import type { Signal } from '../../src/ports/telemetry.ts';
import { serverOf } from '../contracts/cache/cache-under-test.ts';
import { ManualClock } from './manual-clock.ts';
import { openMeta } from './open-epoch.ts';
import { ScriptedCache } from './scripted-cache.ts';

export const SETTINGS: FreshnessSettings = {
  foundTtlMs: 1_800_000,
  absentTtlMs: 60_000,
  ttlJitter: 0.1,
  markerTtlMs: 5000,
  leaseTtlMs: 2000,
  leaseWaitMs: 50,
  cacheTimeoutMs: 100,
  storeTimeoutMs: 2000,
  sample: 0,
  permitMs: 5000,
  commitMs: 5000,
  closeAfterMs: 1500,
  holdMs: 2000,
  // Most tests are about one epoch: a write that cannot be marked is refused at once.
  writeWaitMs: 0,
  writesWithoutCache: false,
};

/** A memory store that counts its reads, with hooks before and after operations. */
export class InstrumentedStore extends MemoryUserStore {
  reads = 0;
  beforeRead: () => Promise<void> = async () => {};
  beforeCommit: (change: Change, deadline: number) => Promise<void> = async () => {};
  afterCommit: () => Promise<void> = async () => {};

  override async readMany<const Keys extends readonly RecordKey[]>(keys: Keys, deadline: number) {
    this.reads += 1;
    await this.beforeRead();
    return super.readMany(keys, deadline);
  }

  override async commit(change: Change, deadline: number): Promise<void> {
    await this.beforeCommit(change, deadline);
    await super.commit(change, deadline);
    await this.afterCommit();
  }
}

/** The freshness protocol on memory adapters with a manual clock and scripted failures. Instances can share both. */
export function freshStack(over: Partial<FreshnessSettings> = {}) {
  const clock = new ManualClock();
  const store = new InstrumentedStore({ clock });
  const shared = new MemoryCache({ clock, maxEntries: 1000 });
  const settings = { ...SETTINGS, ...over };
  const { permitMs } = settings;
  void store.replaceMeta(
    undefined,
    openMeta(serverOf(shared), { permitMs }),
    'memory',
    Number.POSITIVE_INFINITY,
  );
  return { clock, store, shared, settings, ...freshInstance({ clock, store, shared, settings }) };
}

export function freshInstance({
  clock,
  store,
  shared,
  settings,
}: {
  clock: ManualClock;
  store: InstrumentedStore;
  shared: Cache;
  settings: FreshnessSettings;
}) {
  const cache = new ScriptedCache(shared);
  const ids = new UuidIds();
  const signals: Signal[] = [];
  const telemetry = { emit: (signal: Signal) => void signals.push(signal) };
  const identity = { description: 'test', isPrivate: false, isAbsent: false };
  const keeper = new EpochKeeper({ store, cache, identity, clock, ids, telemetry, settings });
  const breaker = new CacheCircuitBreaker({ cache, clock, timeoutMs: 100, telemetry });
  const parts = { store, cache, keeper, breaker, settings, clock, ids, telemetry };
  return { cache, keeper, breaker, signals, ...createFreshness(parts) };
}
