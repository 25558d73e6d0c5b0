import { decode, loadedFrom } from '../../../src/app/freshness/cache-entry.ts';
import { cacheKey, isCached } from '../../../src/app/freshness/cache-key.ts';
import { CoalescedLoads } from '../../../src/app/freshness/coalesced-loads.ts';
import { ConsistencySampler } from '../../../src/app/freshness/consistency-sampler.ts';
import { FreshReader } from '../../../src/app/freshness/fresh-reader.ts';
import type { FreshnessParts } from '../../../src/app/freshness/freshness-parts.ts';
import type { Group } from '../../../src/app/freshness/pending-groups.ts';
import { type Loaded, type RecordKey, recordId } from '../../../src/domain/records.ts';
import { setEntry } from './set-entry.ts';

/** The reads of cache-aside: return the cached values; read the missing records from the store and set them. */
export class CacheAsideReader extends FreshReader {
  readonly #parts: FreshnessParts;
  readonly #sampler: ConsistencySampler;

  constructor(parts: FreshnessParts) {
    const sampler = new ConsistencySampler(parts);
    super(parts, new CoalescedLoads(parts), sampler);
    this.#parts = parts;
    this.#sampler = sampler;
  }

  override async readGroups(groups: readonly Group[]): Promise<readonly (readonly Loaded[])[]> {
    const keys = [...new Map(groups.flat().map((key) => [recordId(key), key])).values()];
    const hits = await this.#cached(keys);
    this.#sampler.sample(hits);
    const loaded = new Map(hits.map((one) => [recordId(one.key), one]));
    const missing = keys.filter((key) => !loaded.has(recordId(key)));
    if (missing.length > 0) {
      for (const one of await this.readStore(missing)) {
        loaded.set(recordId(one.key), one);
        void setEntry(this.#parts, one);
      }
    }
    return groups.map((group) => group.flatMap((key) => loaded.get(recordId(key)) ?? []));
  }

  async #cached(keys: readonly RecordKey[]): Promise<readonly Loaded[]> {
    const { cache, binding, settings, clock } = this.#parts;
    const cached = keys.filter(isCached);
    if (cached.length === 0) return [];
    const meta = await binding.establish(clock.monotonic() + settings.storeTimeoutMs);
    const deadline = clock.monotonic() + settings.cacheTimeoutMs;
    const texts = await Promise.all(
      cached.map((key) => cache.get(cacheKey(meta, key), deadline).catch(() => undefined)),
    );
    return cached.flatMap((key, i) => {
      const text = texts[i];
      return text === undefined ? [] : (loadedFrom(key, decode(text)) ?? []);
    });
  }
}
