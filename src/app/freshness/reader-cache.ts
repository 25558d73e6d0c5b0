import type { Loaded, RecordKey } from '../../domain/records.ts';
import type { Deadline } from '../../ports/clock.ts';
import type { Meta } from '../../ports/user-store.ts';
import { cacheKey } from './cached-kinds.ts';
import { decode, type Entry, encodeLease, encodeValue } from './entry.ts';
import type { FreshnessParts } from './freshness-parts.ts';
import { valueTtl } from './value-ttl.ts';

/** What a look found under a key; no entry = nothing was there. */
export interface CacheLookup {
  readonly key: RecordKey;
  readonly entry: Entry | undefined;
}

/** A lease that is known to be won. */
export interface Lease {
  readonly key: RecordKey;
  readonly cacheKey: string;
  readonly entry: string;
}

/** The cache as readers use it: only while it is trusted, each operation within its deadline. What fails is no error. */
export class ReaderCache {
  readonly #parts: Omit<FreshnessParts, 'store'>;

  constructor(parts: Omit<FreshnessParts, 'store'>) {
    this.#parts = parts;
  }

  /** What was there at one instant. `undefined` = it failed, or may not be trusted. */
  async look(keys: readonly RecordKey[]): Promise<readonly CacheLookup[] | undefined> {
    const { breaker, telemetry } = this.#parts;
    const meta = await this.#meta();
    if (!breaker.mayTrustCache()) return undefined;
    const texts = await this.#ask('getMany', (deadline) =>
      this.#get(
        keys.map((key) => cacheKey(meta, key)),
        deadline,
      ),
    );
    if (texts === undefined || !breaker.mayTrustCache()) return undefined;
    const seen = keys.map((key, i) => ({ key, entry: entryOf(texts[i]) }));
    const outcome = seen.every(({ entry }) => entry?.type === 'value') ? 'hit' : 'miss';
    telemetry.emit({ type: 'cache_operation', operation: 'getMany', outcome });
    return seen;
  }

  /** Adds a lease where there is nothing. `lost` = something is there; `undefined` = nobody knows. */
  async lease(key: RecordKey): Promise<Lease | 'lost' | undefined> {
    const { cache, settings, ids } = this.#parts;
    const lease = { key, cacheKey: cacheKey(await this.#meta(), key), entry: encodeLease(ids.token()) };
    const added = await this.#ask('add', (deadline) =>
      cache.add(lease.cacheKey, lease.entry, settings.leaseTtlMs, deadline),
    );
    if (added === undefined) return undefined;
    return added ? lease : 'lost';
  }

  /** Replaces one's own lease by what was read since it was won. How that ends does not matter, so nobody waits for it. */
  fill(lease: Lease, { version, record }: Loaded): void {
    const { cache, settings, ids } = this.#parts;
    const value = encodeValue(version, record);
    const ttl = valueTtl(record !== undefined, settings, ids);
    void this.#ask('replace', (deadline) => cache.replace(lease.cacheKey, lease.entry, value, ttl, deadline));
  }

  async #get(cacheKeys: readonly string[], deadline: Deadline): Promise<(string | undefined)[]> {
    const { cache } = this.#parts;
    const [only, ...more] = cacheKeys;
    return only !== undefined && more.length === 0
      ? [await cache.get(only, deadline)]
      : cache.getMany(cacheKeys, deadline);
  }

  /** `undefined` where it failed; the breaker and the telemetry have learnt of it. */
  async #ask<T>(
    operation: 'getMany' | 'add' | 'replace',
    run: (deadline: Deadline) => Promise<T>,
  ): Promise<T | undefined> {
    const { breaker, telemetry, clock, settings } = this.#parts;
    try {
      return await breaker.ask(() => run(clock.monotonic() + settings.cacheTimeoutMs));
    } catch (error) {
      telemetry.emit({ type: 'cache_operation', operation, outcome: 'failed', error });
      return undefined;
    }
  }

  #meta(): Meta | Promise<Meta> {
    const { binding, clock, settings } = this.#parts;
    return binding.establish(clock.monotonic() + settings.storeTimeoutMs);
  }
}

function entryOf(text: string | undefined): Entry | undefined {
  return text === undefined ? undefined : decode(text);
}
