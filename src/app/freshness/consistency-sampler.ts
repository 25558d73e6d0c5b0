import type { Loaded, RecordKey } from '../../domain/records.ts';
import { decode, loadedFrom } from './cache-entry.ts';
import { isSameRecord } from './epochs/epoch-keeper.ts';
import { permitsHits } from './epochs/permit.ts';
import { PermittedStore } from './epochs/permitted-store.ts';
import type { FreshnessParts, FreshnessStore } from './freshness-parts.ts';
import type { Look } from './reader-cache.ts';

/** Limits the extra load on a slow store. Samples beyond it are dropped. */
const MAX_CONCURRENT = 4;

type Parts = Pick<FreshnessParts, 'store' | 'cache' | 'keeper' | 'settings' | 'clock' | 'ids' | 'telemetry'>;

/**
 * Compares a sample of cache hits with the store, in the background. A record may change between the two reads, so one
 * difference proves nothing. In that case store, cache and store are read in this order: the cached value must have been
 * true between the two reads of the store, or it is stale. A difference counts only within one epoch.
 */
export class ConsistencySampler {
  readonly #parts: Parts;
  readonly #store: PermittedStore<FreshnessStore>;
  #comparing = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#store = new PermittedStore(parts.store, parts.keeper);
  }

  /** Draws at most one of the values found by a cache lookup. Returns immediately and never throws. */
  sample(values: readonly Loaded[], look: Look): void {
    const { settings, ids } = this.#parts;
    if (settings.sample === 0 || this.#comparing >= MAX_CONCURRENT) return;
    const drawn = ids.fraction();
    if (drawn >= settings.sample) return;
    const value = values[Math.floor((drawn / settings.sample) * values.length)];
    if (value !== undefined) void this.#compareAndReport(value, look);
  }

  async #compareAndReport(hit: Loaded, look: Look): Promise<void> {
    const { telemetry } = this.#parts;
    this.#comparing += 1;
    try {
      const versions = await this.#compare(hit, look);
      if (versions === undefined) telemetry.emit({ type: 'consistency_sample', outcome: 'agreed' });
      else {
        // A version is committed before it is cached: where the store answers with an older one, its read was old.
        const outcome = versions.cachedVersion > versions.storedVersion ? 'store_read_old' : 'disagreed';
        telemetry.emit({ type: 'consistency_sample', outcome, key: hit.key, ...versions });
      }
    } catch (error) {
      telemetry.emit({ type: 'consistency_sample', outcome: 'failed', error });
    } finally {
      this.#comparing -= 1;
    }
  }

  /** The versions that differ; `undefined` = the value is not stale, or the epoch has changed. */
  async #compare(
    hit: Loaded,
    look: Look,
  ): Promise<{ cachedVersion: number; storedVersion: number } | undefined> {
    const before = await this.#stored(hit.key);
    if (isSame(hit, before)) return undefined;
    const cached = await this.#cached(hit.key, look);
    if (cached === undefined) return undefined;
    const after = await this.#stored(hit.key);
    const isBetween = before.version < cached.version && cached.version < after.version;
    if (isBetween || isSame(cached, before) || isSame(cached, after)) return undefined;
    if (!(await this.#isStillPermitted(look))) return undefined;
    return { cachedVersion: cached.version, storedVersion: after.version };
  }

  async #stored(key: RecordKey): Promise<Loaded> {
    const { clock, settings } = this.#parts;
    const { answer } = await this.#store.read((store) =>
      store.readMany([key], clock.monotonic() + settings.storeTimeoutMs),
    );
    return answer[0];
  }

  /** `undefined` = the cache holds no value now. */
  async #cached(key: RecordKey, { keyspace }: Look): Promise<Loaded | undefined> {
    const { cache, clock, settings } = this.#parts;
    const deadline = clock.monotonic() + settings.cacheTimeoutMs;
    const text = await cache.get(keyspace.keyOf(key), keyspace.server, deadline);
    return text === undefined ? undefined : loadedFrom(key, decode(text));
  }

  async #isStillPermitted({ permit }: Look): Promise<boolean> {
    const now = await this.#parts.keeper.fresh();
    return permitsHits(now) && isSameRecord(now, permit);
  }
}

/** Absent records are equal regardless of version: a cached absence may outlive the tombstone, which is swept. */
function isSame(a: Loaded, b: Loaded): boolean {
  if (a.record === undefined || b.record === undefined) return a.record === b.record;
  return a.version === b.version && canonical(a.record) === canonical(b.record);
}

/** JSON that does not depend on the order of the fields. */
function canonical(record: unknown): string {
  return JSON.stringify(record, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
