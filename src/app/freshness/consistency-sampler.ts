import type { Loaded, RecordKey } from '../../domain/records.ts';
import { decode, loadedFrom } from './cache-entry.ts';
import { cacheKey } from './cache-key.ts';
import type { FreshnessParts } from './freshness-parts.ts';

/** Limits the extra load on a slow store. Samples beyond it are dropped. */
const MAX_CONCURRENT = 4;

type Parts = Pick<FreshnessParts, 'store' | 'cache' | 'binding' | 'settings' | 'clock' | 'ids' | 'telemetry'>;

/**
 * Compares a sample of cache hits with the store, in the background. A record may change between the two reads, so one
 * difference proves nothing. In that case store, cache and store are read in this order: the cached value must have been
 * true between the two reads of the store, or it is stale.
 */
export class ConsistencySampler {
  readonly #parts: Parts;
  #comparing = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Draws at most one of the values found by a cache lookup. Returns immediately and never throws. */
  sample(values: readonly Loaded[]): void {
    const { settings, ids } = this.#parts;
    if (settings.sample === 0 || this.#comparing >= MAX_CONCURRENT) return;
    const drawn = ids.fraction();
    if (drawn >= settings.sample) return;
    const value = values[Math.floor((drawn / settings.sample) * values.length)];
    if (value !== undefined) void this.#compareAndReport(value);
  }

  async #compareAndReport(hit: Loaded): Promise<void> {
    const { telemetry } = this.#parts;
    this.#comparing += 1;
    try {
      const stale = await this.#compare(hit);
      if (stale === undefined) telemetry.emit({ type: 'consistency_sample', outcome: 'agreed' });
      else telemetry.emit({ type: 'consistency_sample', outcome: 'disagreed', key: hit.key, ...stale });
    } catch (error) {
      telemetry.emit({ type: 'consistency_sample', outcome: 'failed', error });
    } finally {
      this.#comparing -= 1;
    }
  }

  /** The versions of a stale value; `undefined` = the value is not stale. */
  async #compare(hit: Loaded): Promise<{ cachedVersion: number; storedVersion: number } | undefined> {
    const before = await this.#stored(hit.key);
    if (isSame(hit, before)) return undefined;
    const cached = await this.#cached(hit.key);
    if (cached === undefined) return undefined;
    const after = await this.#stored(hit.key);
    const isBetween = before.version < cached.version && cached.version < after.version;
    if (isBetween || isSame(cached, before) || isSame(cached, after)) return undefined;
    return { cachedVersion: cached.version, storedVersion: after.version };
  }

  async #stored(key: RecordKey): Promise<Loaded> {
    const { store, clock, settings } = this.#parts;
    const [loaded] = await store.readMany([key], clock.monotonic() + settings.storeTimeoutMs);
    return loaded;
  }

  /** `undefined` = the cache holds no value now. */
  async #cached(key: RecordKey): Promise<Loaded | undefined> {
    const { cache, binding, clock, settings } = this.#parts;
    const meta = await binding.establish(clock.monotonic() + settings.storeTimeoutMs);
    const text = await cache.get(cacheKey(meta, key), clock.monotonic() + settings.cacheTimeoutMs);
    return text === undefined ? undefined : loadedFrom(key, decode(text));
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
