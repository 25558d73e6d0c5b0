import { encodeValue } from '../../../src/app/freshness/cache-entry.ts';
import { cacheKey, isCached } from '../../../src/app/freshness/cache-key.ts';
import type { FreshnessParts } from '../../../src/app/freshness/freshness-parts.ts';
import { valueTtl } from '../../../src/app/freshness/value-ttl.ts';
import type { Loaded } from '../../../src/domain/records.ts';

/** Sets a cache entry unconditionally and ignores failures. */
export async function setEntry(
  { cache, binding, settings, clock, ids }: Omit<FreshnessParts, 'store' | 'breaker'>,
  { key, version, record }: Loaded,
): Promise<void> {
  if (!isCached(key)) return;
  try {
    const meta = await binding.establish(clock.monotonic() + settings.storeTimeoutMs);
    const ttl = valueTtl(record !== undefined, settings, ids);
    const deadline = clock.monotonic() + settings.cacheTimeoutMs;
    await cache.put(cacheKey(meta, key), encodeValue(version, record), ttl, deadline);
  } catch {
    // Cache-aside treats the cache as optional.
  }
}
