import { decode, loadedFrom } from '../../../src/app/freshness/cache-entry.ts';
import { isCached } from '../../../src/app/freshness/cache-key.ts';
import { CoalescedLoads } from '../../../src/app/freshness/coalesced-loads.ts';
import { ConsistencySampler } from '../../../src/app/freshness/consistency-sampler.ts';
import { FreshReader } from '../../../src/app/freshness/fresh-reader.ts';
import type { FreshnessParts } from '../../../src/app/freshness/freshness-parts.ts';
import type { Group } from '../../../src/app/freshness/pending-groups.ts';
import { type Loaded, type RecordKey, recordId } from '../../../src/domain/records.ts';
import { serverOf } from '../../contracts/cache/cache-under-test.ts';
import { cacheAsideKey, setEntry } from './set-entry.ts';

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
    await this.#compareSample(hits);
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

  async #compareSample(hits: readonly Loaded[]): Promise<void> {
    const { cache, keeper } = this.#parts;
    const server = cache.server();
    if (server === undefined) return;
    const keyspace = { server: server.id, keyOf: cacheAsideKey };
    this.#sampler.sample(hits, { lookups: [], keyspace, permit: await keeper.permit() });
  }

  async #cached(keys: readonly RecordKey[]): Promise<readonly Loaded[]> {
    const { cache, settings, clock } = this.#parts;
    const cached = keys.filter(isCached);
    if (cached.length === 0) return [];
    const deadline = clock.monotonic() + settings.cacheTimeoutMs;
    const texts = await Promise.all(
      cached.map(async (key) => {
        try {
          return await cache.get(cacheAsideKey(key), serverOf(cache), deadline);
        } catch {
          return undefined;
        }
      }),
    );
    return cached.flatMap((key, i) => {
      const text = texts[i];
      return text === undefined ? [] : (loadedFrom(key, decode(text)) ?? []);
    });
  }
}
