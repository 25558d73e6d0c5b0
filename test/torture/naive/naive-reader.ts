import type { CachePairing } from '../../../src/app/freshness/cache-pairing.ts';
import { cacheKey, isCached } from '../../../src/app/freshness/cached-kinds.ts';
import { decode, encodeValue } from '../../../src/app/freshness/entry.ts';
import { FreshReader } from '../../../src/app/freshness/fresh-reader.ts';
import type { FreshnessSettings } from '../../../src/app/freshness/settings.ts';
import { valueTtl } from '../../../src/app/freshness/value-ttl.ts';
import { type Known, type RecordKey, recordId } from '../../../src/domain/records.ts';
import type { Cache } from '../../../src/ports/cache.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Ids } from '../../../src/ports/ids.ts';

export interface NaiveParts {
  readonly cache: Cache;
  readonly pairing: CachePairing;
  readonly settings: FreshnessSettings;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Read-aside as the tutorial does it: what the cache holds is the answer; what it does not is read and put there. */
export class NaiveReader extends FreshReader {
  readonly #parts: NaiveParts;

  constructor(parts: ConstructorParameters<typeof FreshReader>[0]) {
    super(parts);
    this.#parts = parts;
  }

  override async readGroups(
    groups: readonly (readonly RecordKey[])[],
  ): Promise<readonly (readonly Known[])[]> {
    const keys = [...new Map(groups.flat().map((key) => [recordId(key), key])).values()];
    const known = new Map((await this.#cached(keys)).map((one) => [recordId(one.key), one]));
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
      const entry = text === undefined ? undefined : decode(text);
      return entry?.type === 'value' ? [{ key, version: entry.version, record: entry.record }] : [];
    });
  }
}

/** Puts a record into the cache, over whatever is there. That this may fail is ignored. */
export async function putAside(
  { cache, pairing, settings, clock, ids }: NaiveParts,
  { key, version, record }: Known,
): Promise<void> {
  if (!isCached(key)) return;
  const meta = await pairing.establish(clock.monotonic() + settings.storeTimeoutMs);
  await cache
    .put(
      cacheKey(meta, key),
      encodeValue(version, record),
      valueTtl(record !== undefined, settings, ids),
      clock.monotonic() + settings.cacheTimeoutMs,
    )
    .catch(() => undefined);
}
