import { readConfig } from '../../../src/app/composition/config/read-config.ts';
import { createContainer } from '../../../src/app/composition/container.ts';
import { TOKENS } from '../../../src/app/composition/tokens.ts';
import { decode } from '../../../src/app/freshness/cache-entry.ts';
import type { EpochKeeper } from '../../../src/app/freshness/epochs/epoch-keeper.ts';
import { type Keyspace, keyspaceOf } from '../../../src/app/freshness/epochs/permit.ts';
import type { RecordKey } from '../../../src/domain/records.ts';
import type { Cache } from '../../../src/ports/cache.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { cacheAsideKey } from '../cache-aside/set-entry.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { FaultContext } from './fault-context.ts';

const INTERVAL_MS = 50;
const KEYS_PER_INTERVAL = 8;
const DEADLINE_MS = 200;
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
    const keeper = await container.getAsync(TOKENS.epochKeeper);
    while (!stopSignal.aborted) {
      const keyspace = await permittedKeyspace(keeper, cache);
      await Promise.all(
        random.sample(keys, KEYS_PER_INTERVAL).map(async (key) => {
          const keys = [cacheAsideKey(key), ...(keyspace === undefined ? [] : [keyspace.keyOf(key)])];
          const evicted = await Promise.all(keys.map((one) => evict(cache, one, clock)));
          if (evicted.includes(true)) onFault('value evicted');
        }),
      );
      await clock.sleep(INTERVAL_MS, stopSignal);
    }
  } finally {
    await container.unbindAllAsync();
  }
}

/** `undefined` = there is none now. */
async function permittedKeyspace(keeper: EpochKeeper, cache: Cache): Promise<Keyspace | undefined> {
  try {
    return keyspaceOf(await keeper.permit(), cache);
  } catch {
    return undefined;
  }
}

async function evict(cache: Cache, key: string, clock: Clock): Promise<boolean> {
  try {
    const deadline = clock.monotonic() + DEADLINE_MS;
    const server = cache.server();
    if (server === undefined) return false;
    const text = await cache.get(key, server.id, deadline);
    if (text === undefined || decode(text).type !== 'value') return false;
    return await cache.replace(key, text, UNREADABLE_ENTRY, MIN_TTL_MS, server.id, deadline);
  } catch {
    return false;
  }
}
