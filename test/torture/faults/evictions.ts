import { readConfig } from '../../../src/app/composition/config/read-config.ts';
import { createContainer } from '../../../src/app/composition/container.ts';
import { TOKENS } from '../../../src/app/composition/tokens.ts';
import { decode } from '../../../src/app/freshness/cache-entry.ts';
import { cacheKey } from '../../../src/app/freshness/cache-key.ts';
import type { RecordKey } from '../../../src/domain/records.ts';
import type { Cache } from '../../../src/ports/cache.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { Chance } from '../chance.ts';
import type { FaultContext } from './fault-context.ts';

const EVERY_MS = 50;
const AT_ONCE = 8;
const DEADLINE_MS = 200;
/** For the first thing that is asked of the store, however busy all are. */
const START_MS = 10_000;
/** Nobody believes it, and it is gone at once. */
const NO_ENTRY = 'thrown out';
const SHORTEST_TTL_MS = 1;

/**
 * Throws values out of the cache, as one that is short of space does; markers, which are among the newest entries, stay.
 * Without this a value that is written again and again is never read into the cache.
 */
export async function evictions(
  { rig, seed, clock, over, note }: FaultContext,
  keys: readonly RecordKey[],
): Promise<void> {
  const chance = new Chance(`${seed} evictions`);
  const container = await createContainer(readConfig(rig.settings));
  try {
    const cache = await container.getAsync(TOKENS.cache);
    const binding = await container.getAsync(TOKENS.cacheBinding);
    const meta = await binding.establish(clock.monotonic() + START_MS);
    while (!over.aborted) {
      await Promise.all(
        chance.sample(keys, AT_ONCE).map(async (key) => {
          if (await evict(cache, cacheKey(meta, key), clock)) note('value evicted');
        }),
      );
      await clock.sleep(EVERY_MS, over);
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
    return await cache.replace(key, text, NO_ENTRY, SHORTEST_TTL_MS, deadline);
  } catch {
    return false;
  }
}
