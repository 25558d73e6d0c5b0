import type { Loaded, RecordKey } from '../../domain/records.ts';
import type { Deadline } from '../../ports/clock.ts';
import type { Meta } from '../../ports/user-store.ts';
import { decode, type Entry, encodeLease, encodeValue } from './cache-entry.ts';
import { cacheKey } from './cache-key.ts';
import type { FreshnessParts } from './freshness-parts.ts';
import { valueTtl } from './value-ttl.ts';

/** The result of a cache lookup for one key; no entry = the cache holds none. */
export interface CacheLookup {
  readonly key: RecordKey;
  readonly entry: Entry | undefined;
}

/** A lease whose acquisition was acknowledged. */
export interface Lease {
  readonly key: RecordKey;
  readonly cacheKey: string;
  readonly entry: string;
}

/**
 * The cache operations of a reader: only while the circuit breaker is closed, each with a deadline. A failing cache never
 * causes an error.
 */
export class ReaderCache {
  readonly #parts: Omit<FreshnessParts, 'store'>;

  constructor(parts: Omit<FreshnessParts, 'store'>) {
    this.#parts = parts;
  }

  /** The entries as they were at one instant. `undefined` = the cache failed or may not be trusted. */
  async lookUp(keys: readonly RecordKey[]): Promise<readonly CacheLookup[] | undefined> {
    const { breaker, telemetry } = this.#parts;
    const meta = await this.#meta();
    if (!breaker.mayTrustCache()) return undefined;
    const texts = await this.#run('getMany', (deadline) =>
      this.#get(
        keys.map((key) => cacheKey(meta, key)),
        deadline,
      ),
    );
    if (texts === undefined || !breaker.mayTrustCache()) return undefined;
    const lookups = keys.map((key, i) => ({ key, entry: entryOf(texts[i]) }));
    const outcome = lookups.every(({ entry }) => entry?.type === 'value') ? 'hit' : 'miss';
    telemetry.emit({ type: 'cache_operation', operation: 'getMany', outcome });
    return lookups;
  }

  /** Adds a lease if there is no entry. `lost` = there is one; `undefined` = the outcome is unknown. */
  async lease(key: RecordKey): Promise<Lease | 'lost' | undefined> {
    const { cache, settings, ids } = this.#parts;
    const lease = { key, cacheKey: cacheKey(await this.#meta(), key), entry: encodeLease(ids.token()) };
    const added = await this.#run('add', (deadline) =>
      cache.add(lease.cacheKey, lease.entry, settings.leaseTtlMs, deadline),
    );
    if (added === undefined) return undefined;
    return added ? lease : 'lost';
  }

  /** Replaces a lease by the record read after its acquisition. The outcome does not matter, so it is not awaited. */
  fill(lease: Lease, { version, record }: Loaded): void {
    const { cache, settings, ids } = this.#parts;
    const value = encodeValue(version, record);
    const ttl = valueTtl(record !== undefined, settings, ids);
    void this.#run('replace', (deadline) => cache.replace(lease.cacheKey, lease.entry, value, ttl, deadline));
  }

  async #get(cacheKeys: readonly string[], deadline: Deadline): Promise<(string | undefined)[]> {
    const { cache } = this.#parts;
    const [only, ...more] = cacheKeys;
    return only !== undefined && more.length === 0
      ? [await cache.get(only, deadline)]
      : cache.getMany(cacheKeys, deadline);
  }

  /** `undefined` = the operation failed; the circuit breaker and the telemetry have been notified. */
  async #run<T>(
    operation: 'getMany' | 'add' | 'replace',
    operate: (deadline: Deadline) => Promise<T>,
  ): Promise<T | undefined> {
    const { breaker, telemetry, clock, settings } = this.#parts;
    try {
      return await breaker.execute(() => operate(clock.monotonic() + settings.cacheTimeoutMs));
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
