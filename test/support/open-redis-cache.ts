import { setTimeout as pause } from 'node:timers/promises';
import { RedisCache } from '../../src/adapters/caches/redis/redis-cache.ts';
import { RedisConnection } from '../../src/adapters/caches/redis/redis-connection.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import type { CacheUnderTest } from '../contracts/cache/cache-under-test.ts';

const clock = new SystemClock();
const CONNECT_MS = 10_000;

export interface OpenedRedisCache {
  readonly cache: RedisCache;
  close(): void;
}

/** A cache on `redis://127.0.0.1:<port>` that does not wait until it is connected. */
export function openRedisCache(port: number, prefix = 'rollcall:'): OpenedRedisCache {
  const connection = new RedisConnection(`redis://127.0.0.1:${port}`, new UuidIds());
  return { cache: new RedisCache({ connection, prefix, clock }), close: () => connection.close() };
}

/** Settles once the cache answers. */
export async function waitUntilAvailable(cache: RedisCache): Promise<void> {
  const deadline = clock.monotonic() + CONNECT_MS;
  for (;;) {
    try {
      await cache.get('is anybody there', clock.monotonic() + 200);
      return;
    } catch (error) {
      if (clock.monotonic() > deadline) throw error;
      await pause(5);
    }
  }
}

/** How to open the cache of a running server for the contract. */
export function redisCacheUnderTest(port: () => number): () => Promise<CacheUnderTest> {
  return async () => {
    const handles: OpenedRedisCache[] = [];
    const open = async (): Promise<RedisCache> => {
      const handle = openRedisCache(port());
      handles.push(handle);
      await waitUntilAvailable(handle.cache);
      return handle.cache;
    };
    return {
      cache: await open(),
      clock,
      pass: (ms) => pause(ms),
      another: open,
      close: async () => {
        for (const handle of handles) handle.close();
      },
    };
  };
}
