import { readConfig } from '../../../src/app/composition/config/read-config.ts';
import { createContainer } from '../../../src/app/composition/container.ts';
import { TOKENS } from '../../../src/app/composition/tokens.ts';
import { decode } from '../../../src/app/freshness/cache-entry.ts';
import { cacheKey } from '../../../src/app/freshness/cache-key.ts';
import type { RecordKey } from '../../../src/domain/records.ts';
import type { Cache } from '../../../src/ports/cache.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { FaultContext } from './fault-context.ts';

const INTERVAL_MS = 50;
const KEYS_PER_INTERVAL = 8;
const DEADLINE_MS = 200;
/** For the first store operation, which may take long on a busy machine. */
const STARTUP_DEADLINE_MS = 10_000;
/** The port has no delete: readers ignore this entry, and it expires at once. */
const UNREADABLE_ENTRY = 'evicted';
const MIN_TTL_MS = 1;

/**
 * Evicts values, as a cache with little memory does. Markers stay, because they are among the newest entries. Without
 * eviction, a value that is written frequently would never be read into the cache.
 */
export async function evictValues(
  { cluster, seed, clock, stopSignal, onFault }: FaultContext,
  keys: readonly RecordKey[],
): Promise<void> {
  const random = new SeededRandom(`${seed} evictions`);
  const container = await createContainer(readConfig(cluster.settings));
  try {
    const cache = await container.getAsync(TOKENS.cache);
    const binding = await container.getAsync(TOKENS.cacheBinding);
    const meta = await binding.establish(clock.monotonic() + STARTUP_DEADLINE_MS);
    while (!stopSignal.aborted) {
      await Promise.all(
        random.sample(keys, KEYS_PER_INTERVAL).map(async (key) => {
          if (await evict(cache, cacheKey(meta, key), clock)) onFault('value evicted');
        }),
      );
      await clock.sleep(INTERVAL_MS, stopSignal);
    }
  } finally {
    await container.unbindAllAsync();
  }
}

async function evict(cache: Cache, key: string, clock: Clock): Promise<boolean> {
  try {
    const deadline = clock.monotonic() + DEADLINE_MS;
    const text = await cache.get(key, deadline);
    if (text === undefined || decode(text).type !== 'value') return false;
    return await cache.replace(key, text, UNREADABLE_ENTRY, MIN_TTL_MS, deadline);
  } catch {
    return false;
  }
}
