import type { Redis } from 'ioredis';
import type { Cache, ReachedServer } from '../../../ports/cache.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import type { CacheServer } from '../../../ports/epoch.ts';
import { CacheUnavailable, CacheUnproven } from '../../../ports/errors.ts';
import { describeCommandError } from './describe-redis-error.ts';
import type { Reached, RedisConnection } from './redis-connection.ts';
import { isSameProcess, succeeds } from './redis-server-identity.ts';

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
 * A cache on one Redis or Valkey primary. Each call is one command on the wire, sent at most once. The result of a read is
 * believed only after the same server has reported, on the same connection and behind the command, that it is the primary
 * in the expected term: a server that was demoted in between has lost entries.
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

  server(): ReachedServer | undefined {
    try {
      const { server, connectedAt } = this.#connection.current();
      return {
        id: server.id,
        connectedAt,
        succeeds: (other) => succeeds(server, other),
        legacyScope: `${server.runId}:`,
      };
    } catch {
      return undefined;
    }
  }

  reconnect(): void {
    this.#connection.reconnect();
  }

  async get(key: string, on: CacheServer, deadline: Deadline): Promise<string | undefined> {
    return (await this.#read(on, deadline, (redis) => redis.get(this.#prefix + key))) ?? undefined;
  }

  async getMany(
    keys: readonly string[],
    on: CacheServer,
    deadline: Deadline,
  ): Promise<(string | undefined)[]> {
    const values = await this.#read(on, deadline, (redis) =>
      redis.mget(keys.map((key) => this.#prefix + key)),
    );
    return values.map((value) => value ?? undefined);
  }

  async add(
    key: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: Deadline,
  ): Promise<boolean> {
    const reply = await this.#write(on, deadline, (redis) =>
      redis.set(this.#prefix + key, value, 'PX', Math.ceil(ttlMs), 'NX'),
    );
    return reply === 'OK';
  }

  async replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: Deadline,
  ): Promise<boolean> {
    // EVAL, not EVALSHA: the driver sends EVALSHA a second time to a server that does not have the script.
    const reply = await this.#write(on, deadline, (redis) =>
      redis.eval(REPLACE_SCRIPT, 1, this.#prefix + key, expected, value, Math.ceil(ttlMs)),
    );
    return reply === 1;
  }

  async put(key: string, value: string, ttlMs: number, on: CacheServer, deadline: Deadline): Promise<void> {
    await this.#write(on, deadline, (redis) => redis.set(this.#prefix + key, value, 'PX', Math.ceil(ttlMs)));
  }

  /** Reads, and proves that the expected server answered in the expected term. */
  async #read<T>(on: CacheServer, deadline: Deadline, command: (redis: Redis) => Promise<T>): Promise<T> {
    const reached = this.#connection.current();
    const { server, connectedAt } = reached;
    if (server.id !== on) throw otherServer();
    const [reply, info] = await this.#send(reached, deadline, (redis) =>
      Promise.all([command(redis), this.#connection.prove(connectedAt)]),
    );
    if (info.role === 'master' && info.replicationId === server.replicationId) return reply;
    this.#connection.reconnect();
    throw new CacheUnproven(
      info.role === 'master'
        ? 'the Redis server began another term as a primary during the read'
        : 'the Redis server became a replica during the read',
    );
  }

  async #write<T>(on: CacheServer, deadline: Deadline, command: (redis: Redis) => Promise<T>): Promise<T> {
    const reached = this.#connection.current();
    if (!isSameProcess(reached.server.id, on)) throw otherServer();
    return this.#send(reached, deadline, command);
  }

  async #send<T>({ redis }: Reached, deadline: Deadline, command: (redis: Redis) => Promise<T>): Promise<T> {
    const remainingMs = deadline - this.#clock.monotonic();
    if (remainingMs <= 0) throw new CacheUnavailable('Redis was not called: the deadline had already passed');
    if (this.#pending >= MAX_PENDING) {
      throw new CacheUnavailable(`Redis was not called: ${MAX_PENDING} commands are still unanswered`);
    }
    this.#pending += 1;
    const reply = command(redis).finally(() => {
      this.#pending -= 1;
    });
    return settleWithin(remainingMs, reply);
  }
}

function otherServer(): CacheUnavailable {
  return new CacheUnavailable('the connected Redis server is not the one that the store names');
}

/** Rejects with `CacheUnavailable` where the command fails or takes longer; a late reply is ignored. */
function settleWithin<T>(ms: number, reply: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new CacheUnavailable('Redis did not answer in time')), ms);
    reply
      .then(resolve, (cause: unknown) => {
        if (cause instanceof CacheUnavailable) reject(cause);
        else reject(new CacheUnavailable(describeCommandError(cause), { cause }));
      })
      .finally(() => clearTimeout(timer));
  });
}
