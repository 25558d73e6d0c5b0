import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import { reasonOf, StoreUnavailable } from '../../ports/errors.ts';
import type { SelfChecking } from '../../ports/self-checking.ts';
import type { MetaStore } from '../../ports/user-store.ts';
import type { CacheBinding } from '../freshness/cache-binding.ts';
import type { FreshnessSettings } from '../freshness/freshness-settings.ts';

type Check = { readonly status: 'up' } | { readonly status: 'down'; readonly reason: string };

/** Whether this instance can serve requests now. */
export interface Readiness {
  readonly ready: boolean;
  readonly store: Check;
  readonly cache: Check;
}

/** Checks the store and the cache, each within its normal timeout. */
export class Health {
  readonly #store: MetaStore;
  readonly #cache: Cache;
  readonly #binding: CacheBinding;
  readonly #clock: Clock;
  readonly #settings: FreshnessSettings;
  readonly #selfChecking: readonly SelfChecking[];

  constructor(parts: {
    store: MetaStore;
    cache: Cache;
    binding: CacheBinding;
    clock: Clock;
    settings: FreshnessSettings;
    selfChecking?: readonly SelfChecking[];
  }) {
    this.#store = parts.store;
    this.#cache = parts.cache;
    this.#binding = parts.binding;
    this.#clock = parts.clock;
    this.#settings = parts.settings;
    this.#selfChecking = parts.selfChecking ?? [];
  }

  /** Never throws. */
  async check(): Promise<Readiness> {
    const [store, cache] = await Promise.all([outcome(this.#checkStore()), outcome(this.#checkCache())]);
    return { ready: store.status === 'up' && cache.status === 'up', store, cache };
  }

  /** The store must answer, and its meta record must be the one to which this instance is bound. */
  async #checkStore(): Promise<void> {
    const deadline = this.#clock.monotonic() + this.#settings.storeTimeoutMs;
    const { storeId, generation, cache } = await this.#binding.establish(deadline);
    for (const adapter of this.#selfChecking) await adapter.selfCheck(deadline);
    const current = await this.#store.readMeta(deadline);
    if (current?.storeId === storeId && current.generation === generation && current.cache === cache) return;
    throw new StoreUnavailable(
      'The meta record of the store has changed since this instance started: the store was replaced, or another cache was registered. Restart this instance.',
    );
  }

  async #checkCache(): Promise<void> {
    await this.#cache.get('health', this.#clock.monotonic() + this.#settings.cacheTimeoutMs);
  }
}

async function outcome(check: Promise<void>): Promise<Check> {
  try {
    await check;
    return { status: 'up' };
  } catch (error) {
    return { status: 'down', reason: reasonOf(error) };
  }
}
