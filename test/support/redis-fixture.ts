import { setTimeout as delay } from 'node:timers/promises';
import { RedisCache } from '../../src/adapters/caches/redis/redis-cache.ts';
import { RedisConnection } from '../../src/adapters/caches/redis/redis-connection.ts';
import { parseRedisUrl } from '../../src/adapters/caches/redis/redis-url.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import type { CacheUnderTest } from '../contracts/cache/cache-under-test.ts';
import { cleanupAfterEach } from './cleanup.ts';
import { FaultProxy } from './fault-proxy.ts';
import { RedisServer } from './redis-server.ts';
import { waitUntilAvailable } from './wait-until-available.ts';

const clock = new SystemClock();

/** Real servers, proxies and caches for one test each: an `afterEach` hook closes them. */
export function redisFixture() {
  const addCleanup = cleanupAfterEach();

  /** The connection is established in the background. */
  function openCache(url: string): RedisCache {
    const target = parseRedisUrl(url);
    if (target === undefined) throw new Error(`not a REDIS_URL: ${url}`);
    const { options, database } = target;
    const prefix = 'rollcall:';
    const connection = new RedisConnection({ target: options, database, prefix, clock, ids: new UuidIds() });
    addCleanup(() => connection.close());
    return new RedisCache({ connection, prefix, clock });
  }

  return {
    /** @param args of the command line: `--maxmemory-policy volatile-ttl` … */
    async startServer(args?: readonly string[]): Promise<RedisServer> {
      const server = await RedisServer.start(args);
      addCleanup(() => server.stop());
      return server;
    },

    async startProxy({ port }: RedisServer): Promise<FaultProxy> {
      const proxy = await FaultProxy.to(port);
      addCleanup(() => proxy.close());
      return proxy;
    },

    openCache,

    /** A cache that is connected already. */
    async connectCache({ port }: { readonly port: number }): Promise<RedisCache> {
      const cache = openCache(`redis://127.0.0.1:${port}`);
      await waitUntilAvailable(cache);
      return cache;
    },
  };
}

/** Caches on one real server, for the contract. */
export function redisCacheUnderTest(): () => Promise<CacheUnderTest> {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start();
  });
  after(() => server.stop());
  const { connectCache } = redisFixture();
  return async () => ({
    cache: await connectCache(server),
    openAnother: () => connectCache(server),
    clock,
    advance: (ms) => delay(ms),
    close: async () => {},
  });
}
