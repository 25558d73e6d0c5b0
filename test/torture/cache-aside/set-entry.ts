import { encodeValue } from '../../../src/app/freshness/cache-entry.ts';
import { isCached } from '../../../src/app/freshness/cache-key.ts';
import type { FreshnessParts } from '../../../src/app/freshness/freshness-parts.ts';
import { valueTtl } from '../../../src/app/freshness/value-ttl.ts';
import { type Loaded, type RecordKey, recordId } from '../../../src/domain/records.ts';
import { serverOf } from '../../contracts/cache/cache-under-test.ts';

/** The key of a record, on whichever cache server is reached. */
export const cacheAsideKey = (key: RecordKey): string => `aside:${recordId(key)}`;

/** Sets a cache entry unconditionally and ignores failures. */
export async function setEntry(
  { cache, settings, clock, ids }: Pick<FreshnessParts, 'cache' | 'settings' | 'clock' | 'ids'>,
  { key, version, record }: Loaded,
): Promise<void> {
  if (!isCached(key)) return;
  try {
    const ttl = valueTtl(record !== undefined, settings, ids);
    const deadline = clock.monotonic() + settings.cacheTimeoutMs;
    await cache.put(cacheAsideKey(key), encodeValue(version, record), ttl, serverOf(cache), deadline);
  } catch {
    // Cache-aside treats the cache as optional.
  }
}
