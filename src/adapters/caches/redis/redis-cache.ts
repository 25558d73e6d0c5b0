import type { Redis } from 'ioredis';
import type { Cache } from '../../../ports/cache.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { CacheUnavailable, reasonOf } from '../../../ports/errors.ts';
import type { RedisConnection } from './redis-connection.ts';

/** Sets the entry if it equals the expected one: 1 = set. */
const REPLACE_SCRIPT = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1`;

/**
 * Commands that may wait for their answers at a time. A server that answers owes far fewer; one that hangs is given up
 * after a while, and must not fill the memory until then.
 */
const MAX_PENDING = 10_000;

/**
 * One Redis or Valkey primary. Each call is one command on the wire, sent once or not at all. A key carries the run id of
 * the server that the command goes to, so one that was restarted or failed over starts cold and brings nothing old back.
 */
export class RedisCache implements Cache {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #clock: Clock;
  #pending = 0;

  /** @param prefix before every key: what else is in this Redis is left alone */
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
    const answer = await this.#send(deadline, (redis, fullKey) =>
      redis.set(fullKey(key), value, 'PX', Math.ceil(ttlMs), 'NX'),
    );
    return answer === 'OK';
  }

  async replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    deadline: Deadline,
  ): Promise<boolean> {
    // EVAL, not EVALSHA: the latter would be sent a second time to a server that does not know the script yet.
    const answer = await this.#send(deadline, (redis, fullKey) =>
      redis.eval(REPLACE_SCRIPT, 1, fullKey(key), expected, value, Math.ceil(ttlMs)),
    );
    return answer === 1;
  }

  async put(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<void> {
    await this.#send(deadline, (redis, fullKey) => redis.set(fullKey(key), value, 'PX', Math.ceil(ttlMs)));
  }

  /** @param command sends one command; its second parameter makes the full key, for the server that is connected now */
  async #send<T>(
    deadline: Deadline,
    command: (redis: Redis, fullKey: (key: string) => string) => Promise<T>,
  ): Promise<T> {
    const { redis, runId } = this.#connection.current();
    const remainingMs = deadline - this.#clock.monotonic();
    if (remainingMs <= 0) throw new CacheUnavailable('The deadline had passed before Redis was asked.');
    if (this.#pending >= MAX_PENDING) throw new CacheUnavailable('Redis owes too many answers.');
    this.#pending += 1;
    const answer = command(redis, (key) => `${this.#prefix}${runId}:${key}`).finally(() => {
      this.#pending -= 1;
    });
    return settleWithin(remainingMs, answer);
  }
}

/** What the command answers, or `CacheUnavailable` when it fails or is late; a late answer is dropped. */
function settleWithin<T>(ms: number, command: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new CacheUnavailable('Redis did not answer in time.')), ms);
    command
      .then(resolve, (cause: unknown) => {
        const reason = reasonOf(cause);
        reject(new CacheUnavailable(`Redis failed: ${reason}`, { cause }));
      })
      .finally(() => clearTimeout(timer));
  });
}
