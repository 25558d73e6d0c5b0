import type { Loaded, RecordKey } from '../../domain/records.ts';
import { cacheKey } from './cached-kinds.ts';
import { decode, loadedFrom } from './entry.ts';
import type { FreshnessParts } from './freshness-parts.ts';

/** However slow the store is, no more than so many compare at a time; what comes meanwhile is let pass. */
const AT_A_TIME = 4;

type Parts = Pick<FreshnessParts, 'store' | 'cache' | 'binding' | 'settings' | 'clock' | 'ids' | 'telemetry'>;

/**
 * Compares, beside the reads, a sample of what the cache answers with what the store holds. A record may change between
 * two looks, so one difference says nothing. Then store, cache and store are read in this order: what the cache holds
 * must have been true between the two reads of the store, or it is stale.
 */
export class ConsistencySampler {
  readonly #parts: Parts;
  #comparing = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes one of the values that a look has found, or mostly none. Returns at once and never throws. */
  consider(values: readonly Loaded[]): void {
    const { settings, ids } = this.#parts;
    if (settings.sample === 0 || this.#comparing >= AT_A_TIME) return;
    const drawn = ids.fraction();
    if (drawn >= settings.sample) return;
    const value = values[Math.floor((drawn / settings.sample) * values.length)];
    if (value !== undefined) void this.#check(value);
  }

  async #check(hit: Loaded): Promise<void> {
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

  /** The versions of what is stale; `undefined` = nothing is. */
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

  /** `undefined` = no value is there now. */
  async #cached(key: RecordKey): Promise<Loaded | undefined> {
    const { cache, binding, clock, settings } = this.#parts;
    const meta = await binding.establish(clock.monotonic() + settings.storeTimeoutMs);
    const text = await cache.get(cacheKey(meta, key), clock.monotonic() + settings.cacheTimeoutMs);
    return text === undefined ? undefined : loadedFrom(key, decode(text));
  }
}

/** What is absent is the same whatever its version: tombstones are swept, and cached absence may outlive them. */
function isSame(one: Loaded, other: Loaded): boolean {
  if (one.record === undefined || other.record === undefined) return one.record === other.record;
  return one.version === other.version && canonical(one.record) === canonical(other.record);
}

/** As text that does not depend on the order of fields. */
function canonical(record: unknown): string {
  return JSON.stringify(record, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
