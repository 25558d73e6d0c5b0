import { cacheKey, isCached } from '../../../src/app/freshness/cached-kinds.ts';
import { encodeValue } from '../../../src/app/freshness/entry.ts';
import type { FreshnessParts } from '../../../src/app/freshness/freshness-parts.ts';
import { valueTtl } from '../../../src/app/freshness/value-ttl.ts';
import type { Known } from '../../../src/domain/records.ts';

/** Puts a record into the cache, over whatever is there. That this may fail is ignored. */
export async function putAside(
  { cache, pairing, settings, clock, ids }: Omit<FreshnessParts, 'store' | 'trust'>,
  { key, version, record }: Known,
): Promise<void> {
  if (!isCached(key)) return;
  try {
    const meta = await pairing.establish(clock.monotonic() + settings.storeTimeoutMs);
    const ttl = valueTtl(record !== undefined, settings, ids);
    const deadline = clock.monotonic() + settings.cacheTimeoutMs;
    await cache.put(cacheKey(meta, key), encodeValue(version, record), ttl, deadline);
  } catch {
    // The tutorial goes on, too.
  }
}
