import { cacheKey, isCached } from '../../../src/app/freshness/cached-kinds.ts';
import { decode, knownFrom } from '../../../src/app/freshness/entry.ts';
import { FreshReader } from '../../../src/app/freshness/fresh-reader.ts';
import type { FreshnessParts } from '../../../src/app/freshness/freshness-parts.ts';
import type { Group } from '../../../src/app/freshness/open-groups.ts';
import { SharedLoads } from '../../../src/app/freshness/shared-loads.ts';
import { SpotCheck } from '../../../src/app/freshness/spot-check.ts';
import { type Known, type RecordKey, recordId } from '../../../src/domain/records.ts';
import { putAside } from './put-aside.ts';

/** Read-aside as the tutorial does it: what the cache holds is the answer; what it does not is read and put there. */
export class NaiveReader extends FreshReader {
  readonly #parts: FreshnessParts;
  readonly #spotCheck: SpotCheck;

  constructor(parts: FreshnessParts) {
    const spotCheck = new SpotCheck(parts);
    super(parts, new SharedLoads(parts), spotCheck);
    this.#parts = parts;
    this.#spotCheck = spotCheck;
  }

  override async readGroups(groups: readonly Group[]): Promise<readonly (readonly Known[])[]> {
    const keys = [...new Map(groups.flat().map((key) => [recordId(key), key])).values()];
    const hits = await this.#cached(keys);
    this.#spotCheck.consider(hits);
    const known = new Map(hits.map((one) => [recordId(one.key), one]));
    const missing = keys.filter((key) => !known.has(recordId(key)));
    if (missing.length > 0) {
      for (const one of await this.readStore(missing)) {
        known.set(recordId(one.key), one);
        void putAside(this.#parts, one);
      }
    }
    return groups.map((group) => group.flatMap((key) => known.get(recordId(key)) ?? []));
  }

  async #cached(keys: readonly RecordKey[]): Promise<readonly Known[]> {
    const { cache, pairing, settings, clock } = this.#parts;
    const cached = keys.filter(isCached);
    if (cached.length === 0) return [];
    const meta = await pairing.establish(clock.monotonic() + settings.storeTimeoutMs);
    const deadline = clock.monotonic() + settings.cacheTimeoutMs;
    const texts = await Promise.all(
      cached.map((key) => cache.get(cacheKey(meta, key), deadline).catch(() => undefined)),
    );
    return cached.flatMap((key, i) => {
      const text = texts[i];
      return text === undefined ? [] : (knownFrom(key, decode(text)) ?? []);
    });
  }
}
