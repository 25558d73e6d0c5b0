import type { Redis, RedisOptions } from 'ioredis';
import RedisMock from 'ioredis-mock';
import { RedisCache } from '../../src/adapters/caches/redis/redis-cache.ts';
import { RedisConnection } from '../../src/adapters/caches/redis/redis-connection.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { yieldToEventLoop } from './yield-to-event-loop.ts';

/** The commands that the adapter may send, and some that it must not. */
const COMMANDS = new Set([
  'info',
  'get',
  'mget',
  'set',
  'eval',
  'evalsha',
  'del',
  'pexpire',
  'multi',
  'pipeline',
]);

const clock = new SystemClock();
let servers = 0;

/** An address that no other test uses: doubles with one address share their entries. */
export function uniqueRedisAddress(): string {
  servers += 1;
  return `redis://127.0.0.1:${20_000 + servers}`;
}

export interface RedisDouble {
  readonly cache: RedisCache;
  readonly connection: RedisConnection;
  /** The client, to look into the server and to say what happens to the connection. */
  readonly raw: Redis;
  /** The commands that the adapter has sent, besides INFO. */
  readonly sent: readonly (readonly unknown[])[];
  /** What the adapter wants of its client. */
  readonly options: RedisOptions;
  /** What INFO answers from now on; it is asked at each connect. */
  info: () => Promise<string>;
}

export const infoReply = (runId: string, role = 'master'): string =>
  `# Server\r\nrun_id:${runId}\r\n\r\n# Replication\r\nrole:${role}\r\n`;

/**
 * A cache on ioredis-mock, which is connected at once.
 * @param info what INFO answers at the first connect
 */
export async function redisDouble(address: string, info = infoReply('run-1')): Promise<RedisDouble> {
  const sent: unknown[][] = [];
  // The double's own client has no status, and answers INFO with somebody's server.
  const raw = Object.assign(new RedisMock(address), { status: 'ready' }) as Redis;
  let given: RedisOptions = {};
  const double = { raw, sent, info: async () => info };
  const client = new Proxy(raw, {
    get(target, name) {
      if (name === 'info') return () => double.info();
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (COMMANDS.has(String(name))) sent.push([name, ...args]);
        return Reflect.apply(member, target, args);
      };
    },
  });
  const connection = new RedisConnection(address, { fraction: () => 0.5 }, (_, options) => {
    given = options;
    return client;
  });
  const cache = new RedisCache({ connection, prefix: 'test:', clock });
  await yieldToEventLoop();
  await yieldToEventLoop();
  return Object.assign(double, { cache, connection, options: given });
}
