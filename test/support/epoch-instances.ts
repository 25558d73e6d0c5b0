import { MemoryUserStore } from '../../src/adapters/stores/memory/memory-user-store.ts';
import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import { AccountService } from '../../src/app/account-service.ts';
import { CacheCircuitBreaker } from '../../src/app/freshness/cache-circuit-breaker.ts';
import { EpochKeeper } from '../../src/app/freshness/epochs/epoch-keeper.ts';
import { EpochWatch } from '../../src/app/freshness/epochs/epoch-watch.ts';
import { PermittedStore } from '../../src/app/freshness/epochs/permitted-store.ts';
import { createFreshness } from '../../src/app/freshness/freshness.ts';
import type { FreshnessSettings } from '../../src/app/freshness/freshness-settings.ts';
import type { Signal } from '../../src/ports/telemetry.ts';
import { CacheServerConnection, type CacheServerProcess, CacheServers } from './cache-servers.ts';
import { SETTINGS } from './fresh-stack.ts';
import { ManualClock } from './manual-clock.ts';

const TICK_MS = 50;

/** Instances of the application on one store and replicated cache servers, in time that a test moves. */
export class EpochInstances {
  readonly clock = new ManualClock();
  readonly servers = new CacheServers();
  readonly store: MemoryUserStore;
  readonly settings: FreshnessSettings;

  constructor(over: Partial<FreshnessSettings> = {}, store?: (clock: ManualClock) => MemoryUserStore) {
    this.settings = { ...SETTINGS, writeWaitMs: 8000, writesWithoutCache: true, ...over };
    this.store = store?.(this.clock) ?? new SharedMemoryStore({ clock: this.clock });
  }

  /** @param address the process that its new connections reach; the primary, where none is given */
  instance(address: () => CacheServerProcess | undefined = () => this.primary) {
    const { clock, store, settings } = this;
    const cache = new CacheServerConnection(clock, address);
    const ids = new UuidIds();
    const signals: Signal[] = [];
    const telemetry = { emit: (signal: Signal) => void signals.push(signal) };
    const identity = { description: 'test', isPrivate: false, isAbsent: false };
    const keeper = new EpochKeeper({ store, cache, identity, clock, ids, telemetry, settings });
    const watch = new EpochWatch({ keeper, cache, clock, ids, settings });
    const breaker = new CacheCircuitBreaker({ cache, clock, timeoutMs: settings.cacheTimeoutMs, telemetry });
    const freshness = createFreshness({ store, cache, keeper, breaker, settings, clock, ids, telemetry });
    const service = new AccountService({
      records: freshness.records,
      store: new PermittedStore(store, keeper),
      clock,
      ids,
      storeTimeoutMs: settings.storeTimeoutMs,
    });
    return { cache, keeper, watch, signals, service, ...freshness };
  }

  get primary(): CacheServerProcess | undefined {
    return [this.servers.second, this.servers.first].find(({ isPrimary, isUp }) => isPrimary && isUp);
  }

  /** Moves time on until the promise has settled, with the watches of these instances running. */
  async settle<T>(
    promise: Promise<T>,
    watching: readonly { readonly watch: EpochWatch }[] = [],
    limitMs = 120_000,
  ): Promise<T> {
    let isSettled = false;
    const end = () => {
      isSettled = true;
    };
    promise.then(end, end);
    await this.#advanceUntil(() => isSettled, watching, limitMs);
    return promise;
  }

  /** Moves time on until the instances see this state. */
  async reach(
    state: string,
    instances: readonly { readonly watch: EpochWatch; readonly keeper: EpochKeeper }[],
    limitMs = 60_000,
  ): Promise<number> {
    const began = this.clock.monotonic();
    const isReached = () => instances.every(({ keeper }) => keeper.latest?.state === state);
    for (const { keeper } of instances) await keeper.permit();
    await this.#advanceUntil(isReached, instances, limitMs, async () => {
      for (const { keeper } of instances) await keeper.permit();
    });
    return this.clock.monotonic() - began;
  }

  async #advanceUntil(
    isDone: () => boolean,
    watching: readonly { readonly watch: EpochWatch }[],
    limitMs: number,
    between: () => Promise<void> = async () => {},
  ): Promise<void> {
    const steps = new Map<EpochWatch, Promise<void>>();
    for (let passed = 0; passed < limitMs; passed += TICK_MS) {
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      if (isDone()) return;
      for (const { watch } of watching) {
        if (steps.has(watch)) continue;
        const step = watch.step().catch(() => undefined);
        steps.set(watch, step);
        void step.finally(() => steps.delete(watch));
      }
      await this.clock.advance(TICK_MS);
      await between();
    }
    throw new Error(`not reached within ${limitMs} ms`);
  }
}

/** A memory store that behaves like one that other processes use. */
class SharedMemoryStore extends MemoryUserStore {
  override readonly exclusive: boolean = false;
}
