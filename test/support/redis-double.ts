import type { Redis, RedisOptions } from 'ioredis';
import RedisMock from 'ioredis-mock';
import { RedisCache } from '../../src/adapters/caches/redis/redis-cache.ts';
import { RedisConnection } from '../../src/adapters/caches/redis/redis-connection.ts';
import { RedisDiagnosis } from '../../src/adapters/caches/redis/redis-diagnosis.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { yieldToEventLoop } from './yield-to-event-loop.ts';

/** The commands that the adapter uses, and some that it must not use. */
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

/** An address for one test: doubles with the same address share their entries. */
export function uniqueRedisAddress(): string {
  servers += 1;
  return `redis://127.0.0.1:${20_000 + servers}`;
}

export interface RedisDouble {
  readonly cache: RedisCache;
  readonly connection: RedisConnection;
  readonly diagnosis: RedisDiagnosis;
  /** The client, for inspecting the entries and for emitting events of the connection. */
  readonly raw: Redis;
  /** The commands that the adapter has sent, except INFO. */
  readonly sent: readonly (readonly unknown[])[];
  /** The options that the adapter passed to the client. */
  readonly options: RedisOptions;
  /** Replies to INFO, which the adapter sends after each connect. */
  info: () => Promise<string>;
}

export const infoReply = (runId: string, role = 'master'): string =>
  `# Server\r\nrun_id:${runId}\r\n\r\n# Replication\r\nrole:${role}\r\n`;

/**
 * A cache on ioredis-mock, which connects immediately.
 * @param info the reply to INFO after the first connect
 */
export async function redisDouble(address: string, info = infoReply('run-1')): Promise<RedisDouble> {
  const sent: unknown[][] = [];
  // ioredis-mock has no status, and its INFO reply describes an unrelated server.
  const raw = Object.assign(new RedisMock(address), { status: 'ready' }) as Redis;
  let passedOptions: RedisOptions = {};
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
    passedOptions = options;
    return client;
  });
  const cache = new RedisCache({ connection, prefix: 'test:', clock });
  const diagnosis = new RedisDiagnosis(connection, clock);
  await yieldToEventLoop();
  await yieldToEventLoop();
  return Object.assign(double, { cache, connection, diagnosis, options: passedOptions });
}
