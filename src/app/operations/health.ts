import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import { reasonOf } from '../../ports/errors.ts';
import type { SelfChecking } from '../../ports/self-checking.ts';
import type { CacheIdentity } from '../freshness/epochs/cache-identity.ts';
import type { EpochKeeper } from '../freshness/epochs/epoch-keeper.ts';
import type { Permit } from '../freshness/epochs/permit.ts';
import type { FreshnessSettings } from '../freshness/freshness-settings.ts';

type Check = { readonly status: 'up' } | { readonly status: 'down'; readonly reason: string };

/** Whether this instance can serve requests now. */
export interface Readiness {
  /** It can answer reads and make changes. Neither needs the cache. */
  readonly ready: boolean;
  readonly store: Check;
  readonly cache: Check;
  /** Absent while the store cannot be reached. */
  readonly epoch?: { readonly state: Permit['state']; readonly n: number };
}

/** Checks the store and the cache, each within its normal timeout. */
export class Health {
  readonly #keeper: EpochKeeper;
  readonly #cache: Cache;
  readonly #identity: CacheIdentity;
  readonly #clock: Clock;
  readonly #settings: FreshnessSettings;
  readonly #selfChecking: readonly SelfChecking[];

  constructor(parts: {
    keeper: EpochKeeper;
    cache: Cache;
    identity: CacheIdentity;
    clock: Clock;
    settings: FreshnessSettings;
    selfChecking?: readonly SelfChecking[];
  }) {
    this.#keeper = parts.keeper;
    this.#cache = parts.cache;
    this.#identity = parts.identity;
    this.#clock = parts.clock;
    this.#settings = parts.settings;
    this.#selfChecking = parts.selfChecking ?? [];
  }

  /** Never throws. */
  async check(): Promise<Readiness> {
    const [permit, cache] = await Promise.all([this.#permit(), this.#checkCache()]);
    if ('reason' in permit) return { ready: false, store: permit, cache };
    const { state, meta } = permit;
    const ready = cache.status === 'up' || state !== 'legacy';
    return { ready, store: { status: 'up' }, cache, epoch: { state, n: meta.epoch?.n ?? 0 } };
  }

  async #permit(): Promise<Permit | Extract<Check, { status: 'down' }>> {
    try {
      const deadline = this.#clock.monotonic() + this.#settings.storeTimeoutMs;
      const permit = await this.#keeper.refresh();
      for (const adapter of this.#selfChecking) await adapter.selfCheck(deadline);
      return permit;
    } catch (error) {
      return { status: 'down', reason: reasonOf(error) };
    }
  }

  async #checkCache(): Promise<Check> {
    if (this.#identity.isAbsent) return { status: 'up' };
    try {
      // Where no server is reached, the cache rejects with the reason.
      const server = this.#cache.server()?.id ?? 'unknown';
      await this.#cache.get('health', server, this.#clock.monotonic() + this.#settings.cacheTimeoutMs);
      return { status: 'up' };
    } catch (error) {
      return { status: 'down', reason: reasonOf(error) };
    }
  }
}
