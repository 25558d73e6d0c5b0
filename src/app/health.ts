import type { Cache } from '../ports/cache.ts';
import type { Clock } from '../ports/clock.ts';
import { reasonOf } from '../ports/errors.ts';
import type { MetaStore } from '../ports/user-store.ts';
import type { FreshnessSettings } from './freshness/settings.ts';

type Check = { readonly status: 'up' } | { readonly status: 'down'; readonly reason: string };

/** Whether this instance can do its work right now. */
export interface Readiness {
  readonly ready: boolean;
  readonly store: Check;
  readonly cache: Check;
}

export class Health {
  readonly #store: MetaStore;
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #settings: FreshnessSettings;

  constructor(store: MetaStore, cache: Cache, clock: Clock, settings: FreshnessSettings) {
    this.#store = store;
    this.#cache = cache;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Reaches the store and the cache, each within its usual deadline. Never throws. */
  async check(): Promise<Readiness> {
    const now = this.#clock.monotonic();
    const [store, cache] = await Promise.all([
      outcome(this.#store.readMeta(now + this.#settings.storeTimeoutMs)),
      outcome(this.#cache.get('health', now + this.#settings.cacheTimeoutMs)),
    ]);
    return { ready: store.status === 'up' && cache.status === 'up', store, cache };
  }
}

async function outcome(operation: Promise<unknown>): Promise<Check> {
  try {
    await operation;
    return { status: 'up' };
  } catch (error) {
    return { status: 'down', reason: reasonOf(error) };
  }
}
