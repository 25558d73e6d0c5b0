import type { Redis } from 'ioredis';
import type { Cache } from '../../../ports/cache.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';
import { describeCommandError } from './describe-redis-error.ts';
import type { RedisConnection } from './redis-connection.ts';

/** Sets the entry if it equals the expected value. Returns 1 = set, 0 = not set. */
const REPLACE_SCRIPT = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1`;

/**
 * The maximum number of unanswered commands. A healthy server has far fewer. While a server hangs, until the connection
 * times out, this limits the memory that pending commands use.
 */
const MAX_PENDING = 10_000;

/**
 * A cache on one Redis or Valkey primary. Each call is one command on the wire, sent at most once. Every key contains
 * the run id of the server, so the cache is empty after a restart or a failover. It is not empty after a failback to a
 * server process that was the primary before, because that has its earlier run id.
 */
export class RedisCache implements Cache {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #clock: Clock;
  #pending = 0;

  /** @param prefix the start of every key, which separates them from the keys of other programs */
  constructor({ connection, prefix, clock }: { connection: RedisConnection; prefix: string; clock: Clock }) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  async get(key: string, deadline: Deadline): Promise<string | undefined> {
    return (await this.#send(deadline, (redis, fullKey) => redis.get(fullKey(key)))) ?? undefined;
  }

  async getMany(keys: readonly string[], deadline: Deadline): Promise<(string | undefined)[]> {
    const values = await this.#send(deadline, (redis, fullKey) => redis.mget(keys.map(fullKey)));
    return values.map((value) => value ?? undefined);
  }

  async add(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<boolean> {
    const reply = await this.#send(deadline, (redis, fullKey) =>
      redis.set(fullKey(key), value, 'PX', Math.ceil(ttlMs), 'NX'),
    );
    return reply === 'OK';
  }

  async replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    deadline: Deadline,
  ): Promise<boolean> {
    // EVAL, not EVALSHA: the driver sends EVALSHA a second time to a server that does not have the script.
    const reply = await this.#send(deadline, (redis, fullKey) =>
      redis.eval(REPLACE_SCRIPT, 1, fullKey(key), expected, value, Math.ceil(ttlMs)),
    );
    return reply === 1;
  }

  async put(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<void> {
    await this.#send(deadline, (redis, fullKey) => redis.set(fullKey(key), value, 'PX', Math.ceil(ttlMs)));
  }

  /** @param command sends one command; its second parameter returns the full key on the connected server */
  async #send<T>(
    deadline: Deadline,
    command: (redis: Redis, fullKey: (key: string) => string) => Promise<T>,
  ): Promise<T> {
    const { redis, runId } = this.#connection.current();
    const remainingMs = deadline - this.#clock.monotonic();
    if (remainingMs <= 0) throw new CacheUnavailable('Redis was not called: the deadline had already passed');
    if (this.#pending >= MAX_PENDING) {
      throw new CacheUnavailable(`Redis was not called: ${MAX_PENDING} commands are still unanswered`);
    }
    this.#pending += 1;
    const reply = command(redis, (key) => `${this.#prefix}${runId}:${key}`).finally(() => {
      this.#pending -= 1;
    });
    return settleWithin(remainingMs, reply);
  }
}

/** Rejects with `CacheUnavailable` where the command fails or takes longer; a late reply is ignored. */
function settleWithin<T>(ms: number, reply: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new CacheUnavailable('Redis did not answer in time')), ms);
    reply
      .then(resolve, (cause: unknown) => {
        reject(new CacheUnavailable(describeCommandError(cause), { cause }));
      })
      .finally(() => clearTimeout(timer));
  });
}
