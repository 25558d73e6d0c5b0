import type { Loaded, RecordKey } from '../../domain/records.ts';
import type { Deadline } from '../../ports/clock.ts';
import type { CacheServer, StoreServer } from '../../ports/epoch.ts';
import { CacheUnproven } from '../../ports/errors.ts';
import { decode, type Entry, encodeLease, encodeValue } from './cache-entry.ts';
import { isSameEpoch, type Keyspace, keyspaceOf, type Permit, permitsHits } from './epochs/permit.ts';
import type { FreshnessParts } from './freshness-parts.ts';
import { valueTtl } from './value-ttl.ts';

/** The result of a cache lookup for one key; no entry = the cache holds none. */
interface CacheLookup {
  readonly key: RecordKey;
  readonly entry: Entry | undefined;
}

/** The entries of several keys at one instant, and the permit under which they are believed. */
export interface Look {
  readonly lookups: readonly CacheLookup[];
  readonly keyspace: Keyspace;
  readonly permit: Permit;
}

/** A lease whose acquisition was acknowledged. */
export interface Lease {
  readonly cacheKey: string;
  readonly entry: string;
  readonly server: CacheServer;
  /** Only a record that this server of the store returned may fill the lease. */
  readonly storeServer: StoreServer;
}

/**
 * The cache operations of a reader: only under a permit and while the circuit breaker is closed, each with a deadline. A
 * failing cache never causes an error.
 */
export class ReaderCache {
  readonly #parts: FreshnessParts;

  constructor(parts: FreshnessParts) {
    this.#parts = parts;
  }

  /** `undefined` = the cache failed, its answer is unproven, or no hits are permitted. */
  async lookUp(keys: readonly RecordKey[]): Promise<Look | undefined> {
    const { breaker, cache, keeper, telemetry } = this.#parts;
    const permit = keeper.latest ?? (await keeper.permit());
    const keyspace = permitsHits(permit) ? keyspaceOf(permit, cache) : undefined;
    if (keyspace === undefined || !breaker.mayTrustCache()) return undefined;
    // It suffices that the permit is valid at some moment after the read began: what was true then answers this read.
    const renewed = keeper.valid() === undefined ? this.#renew(permit) : undefined;
    const texts = await this.#run('getMany', (deadline) =>
      this.#get(keys.map(keyspace.keyOf), keyspace.server, deadline),
    );
    if (renewed !== undefined && !(await renewed)) return undefined;
    if (texts === undefined || !breaker.mayTrustCache()) return undefined;
    const lookups = keys.map((key, i) => ({ key, entry: entryOf(texts[i]) }));
    const outcome = lookups.every(({ entry }) => entry?.type === 'value') ? 'hit' : 'miss';
    telemetry.emit({ type: 'cache_operation', operation: 'getMany', outcome });
    return { lookups, keyspace, permit };
  }

  /** Adds a lease if there is no entry. `lost` = there is one; `undefined` = the outcome is unknown. */
  async lease(key: RecordKey, { keyspace, permit }: Look): Promise<Lease | 'lost' | undefined> {
    const { cache, settings, ids } = this.#parts;
    const { server } = keyspace;
    const { storeServer } = permit;
    const lease = { cacheKey: keyspace.keyOf(key), entry: encodeLease(ids.token()), server, storeServer };
    const added = await this.#run('add', (deadline) =>
      cache.add(lease.cacheKey, lease.entry, settings.leaseTtlMs, server, deadline),
    );
    if (added === undefined) return undefined;
    return added ? lease : 'lost';
  }

  /** Replaces a lease by the record read after its acquisition. The outcome does not matter, so it is not awaited. */
  fill({ cacheKey, entry, server }: Lease, { version, record }: Loaded): void {
    const { cache, settings, ids } = this.#parts;
    const value = encodeValue(version, record);
    const ttl = valueTtl(record !== undefined, settings, ids);
    void this.#run('replace', (deadline) => cache.replace(cacheKey, entry, value, ttl, server, deadline));
  }

  /** Whether the record, read beside the lookup, permits hits of the same epoch. */
  async #renew(permit: Permit): Promise<boolean> {
    const { keeper, telemetry } = this.#parts;
    telemetry.emit({ type: 'permit_lapsed' });
    try {
      const renewed = await keeper.permit();
      return permitsHits(renewed) && isSameEpoch(renewed, permit);
    } catch {
      return false;
    }
  }

  async #get(
    cacheKeys: readonly string[],
    server: CacheServer,
    deadline: Deadline,
  ): Promise<(string | undefined)[]> {
    const { cache } = this.#parts;
    const [only, ...more] = cacheKeys;
    return only !== undefined && more.length === 0
      ? [await cache.get(only, server, deadline)]
      : cache.getMany(cacheKeys, server, deadline);
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
      if (error instanceof CacheUnproven) telemetry.emit({ type: 'look_unproven', why: error.message });
      return undefined;
    }
  }
}

function entryOf(text: string | undefined): Entry | undefined {
  return text === undefined ? undefined : decode(text);
}
