import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import { reasonOf } from '../../ports/errors.ts';
import type { SelfChecking } from '../../ports/self-checking.ts';
import type { CacheBinding } from '../freshness/cache-binding.ts';
import type { FreshnessSettings } from '../freshness/freshness-settings.ts';
import { failoverNotice } from './failover-notice.ts';

type Check =
  /** `notice`: for operators; the instance works. */
  { readonly status: 'up'; readonly notice?: string } | { readonly status: 'down'; readonly reason: string };

const UP = { status: 'up' } as const;

/** Whether this instance can serve requests now. */
export interface Readiness {
  readonly ready: boolean;
  readonly store: Check;
  readonly cache: Check;
}

/** Checks the store and the cache, each within its normal timeout. */
export class Health {
  readonly #cache: Cache;
  readonly #binding: CacheBinding;
  readonly #clock: Clock;
  readonly #settings: FreshnessSettings;
  readonly #selfChecking: readonly SelfChecking[];

  constructor(parts: {
    cache: Cache;
    binding: CacheBinding;
    clock: Clock;
    settings: FreshnessSettings;
    selfChecking?: readonly SelfChecking[];
  }) {
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
  async #checkStore(): Promise<Check> {
    const deadline = this.#clock.monotonic() + this.#settings.storeTimeoutMs;
    const meta = await this.#binding.verify(deadline);
    for (const adapter of this.#selfChecking) await adapter.selfCheck(deadline);
    const notice = failoverNotice(meta, this.#clock.now());
    return notice === undefined ? UP : { ...UP, notice };
  }

  async #checkCache(): Promise<Check> {
    await this.#cache.get('health', this.#clock.monotonic() + this.#settings.cacheTimeoutMs);
    return UP;
  }
}

async function outcome(check: Promise<Check>): Promise<Check> {
  try {
    return await check;
  } catch (error) {
    return { status: 'down', reason: reasonOf(error) };
  }
}
