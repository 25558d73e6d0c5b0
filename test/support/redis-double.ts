import { createHash } from 'node:crypto';
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
  /** What INFO answers inside a script. */
  scriptedInfo: () => Promise<string>;
}

/** 40 hexadecimal digits, the same for the same name. */
export const idOf = (name: string): string => createHash('sha1').update(name).digest('hex');

/** @param run names the process @param term names its term as a primary */
export const infoReply = (run: string, role = 'master', term = 'term-1'): string =>
  `# Server\r\nrun_id:${idOf(run)}\r\n\r\n# Replication\r\nrole:${role}\r\nmaster_replid:${idOf(term)}\r\n`;

/**
 * A cache on ioredis-mock, which connects immediately.
 * @param info the reply to INFO after the first connect
 */
export async function redisDouble(address: string, info = infoReply('run-1')): Promise<RedisDouble> {
  const sent: unknown[][] = [];
  // ioredis-mock has no status, and its INFO reply describes an unrelated server.
  const raw = Object.assign(new RedisMock(address), { status: 'ready' }) as Redis;
  let passedOptions: RedisOptions = {};
  const double = { raw, sent, info: async () => info, scriptedInfo: () => double.info() };
  const client = new Proxy(raw, {
    get(target, name) {
      if (name === 'info') return () => double.info();
      if (name === 'call') return () => double.scriptedInfo();
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (COMMANDS.has(String(name))) sent.push([name, ...args]);
        return Reflect.apply(member, target, args);
      };
    },
  });
  const { hostname: host, port } = new URL(address);
  const connection = new RedisConnection({
    target: { host, port: Number(port) },
    database: 0,
    prefix: 'test:',
    clock,
    ids: { fraction: () => 0.5 },
    createClient: (options) => {
      passedOptions = options;
      return client;
    },
  });
  const cache = new RedisCache({ connection, prefix: 'test:', clock });
  const diagnosis = new RedisDiagnosis(connection, clock);
  for (let turn = 0; turn < 5; turn += 1) await yieldToEventLoop();
  return Object.assign(double, { cache, connection, diagnosis, options: passedOptions });
}
