import { Redis, type RedisOptions } from 'ioredis';
import type { Clock } from '../../../ports/clock.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';
import type { Ids } from '../../../ports/ids.ts';
import { describeConnectionError, isWithoutCause } from './describe-redis-error.ts';
import { parseInfo, type RedisInfo } from './redis-info.ts';
import { identityOf, type RedisServerIdentity } from './redis-server-identity.ts';

const CONNECT_TIMEOUT_MS = 2000;
/** After this time without an answer the connection is closed, and all its pending commands fail. */
const SOCKET_TIMEOUT_MS = 2000;
const KEEP_ALIVE_DELAY_MS = 10_000;
const MAX_RECONNECT_DELAY_MS = 1000;
/** A primary that is demoted to a replica keeps its connections, so its identity is checked regularly. */
const IDENTIFY_INTERVAL_MS = 1000;

export interface RedisConnectionOptions {
  /** The driver's options of the server or of its Sentinels, without a database. */
  readonly target: RedisOptions;
  readonly database: number;
  /** The start of every key. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fraction'>;
  /** Creates the driver's client; tests replace it. */
  readonly createClient?: (options: RedisOptions) => Redis;
}

/** A connection, and the primary that it reaches. */
export interface Reached {
  readonly redis: Redis;
  readonly server: RedisServerIdentity;
  readonly connectedAt: number;
}

/**
 * One connection, which is re-established whenever it breaks. While disconnected, commands fail at once and are never
 * queued. Commands that were unanswered when it broke are never sent again.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #redis: Redis;
  readonly #identifyTimer: NodeJS.Timeout;
  /** Unique for each connection. */
  #connectedAt = 0;
  #server: RedisServerIdentity | undefined;
  #failure = 'Redis is not connected yet';
  /** Whether the driver has reported an error of the current connection. */
  #hasDriverError = false;
  #isIdentifying = false;
  #proof: Promise<RedisInfo> | undefined;

  /** Starts to connect. */
  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    const { target, clock, ids, createClient = (all) => new Redis(all) } = options;
    this.#redis = createClient({
      ...target,
      // Where SELECT is refused, the driver continues in database 0, so the connection selects the database itself.
      db: 0,
      enableReadyCheck: false,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      keepAlive: KEEP_ALIVE_DELAY_MS,
      // The server was demoted to a replica: on the new connection its identity is checked first.
      reconnectOnError: ({ message }) => message.startsWith('READONLY'),
      retryStrategy: (attempt) =>
        Math.min(MAX_RECONNECT_DELAY_MS, 25 * 2 ** Math.min(attempt, 10)) * (0.5 + ids.fraction() / 2),
    });
    this.#redis.on('ready', () => {
      this.#connectedAt = Math.max(clock.monotonic(), this.#connectedAt + 1);
      void this.#identifyServer();
    });
    this.#redis.on('close', () => {
      if (this.#server !== undefined && !this.#hasDriverError) this.#failure = 'Redis closed the connection';
      this.#server = undefined;
      this.#proof = undefined;
    });
    this.#redis.on('error', (error) => {
      if (isWithoutCause(error)) return;
      this.#failure = describeConnectionError(error);
      this.#hasDriverError = true;
    });
    this.#identifyTimer = setInterval(() => void this.#identifyServer(), IDENTIFY_INTERVAL_MS).unref();
  }

  /**
   * The current connection; call this before each command.
   * @throws {CacheUnavailable} while disconnected, or where the server is not a usable primary
   */
  current(): Reached {
    const server = this.#server;
    if (server === undefined || this.#redis.status !== 'ready') throw new CacheUnavailable(this.#failure);
    return { redis: this.#redis, server, connectedAt: this.#connectedAt };
  }

  /**
   * INFO of the server, sent on this connection after everything that was sent on it before: once at the end of this turn
   * of the event loop, for all callers in it.
   */
  prove(connectedAt: number): Promise<RedisInfo> {
    this.#proof ??= this.#infoAfterTurn(connectedAt);
    return this.#proof;
  }

  /** Closes the connection and connects again. */
  reconnect(): void {
    if (this.#redis.status !== 'ready') return;
    this.#server = undefined;
    this.#failure = 'Redis is being reconnected';
    this.#redis.disconnect(true);
  }

  close(): void {
    clearInterval(this.#identifyTimer);
    this.#redis.disconnect();
  }

  #infoAfterTurn(connectedAt: number): Promise<RedisInfo> {
    const proof = new Promise<RedisInfo>((resolve, reject) => {
      setImmediate(() => {
        if (this.#proof === proof) this.#proof = undefined;
        if (this.#redis.status !== 'ready' || this.#connectedAt !== connectedAt) {
          reject(new CacheUnavailable('the connection to Redis was lost before it answered'));
        } else this.#redis.info('replication').then((reply) => resolve(parseInfo(reply)), reject);
      });
    });
    proof.catch(() => undefined);
    return proof;
  }

  /** Runs before any other command on a new connection, and then regularly. */
  async #identifyServer(): Promise<void> {
    if (this.#isIdentifying || this.#redis.status !== 'ready') return;
    const connectedAt = this.#connectedAt;
    this.#isIdentifying = true;
    this.#hasDriverError = false;
    try {
      const server = await this.#identify();
      if (this.#connectedAt === connectedAt && this.#redis.status === 'ready') this.#server = server;
    } catch (error) {
      this.#server = undefined;
      // The driver's own error is more specific: WRONGPASS, where INFO is rejected with NOAUTH.
      if (!this.#hasDriverError && !isWithoutCause(error)) this.#failure = describeConnectionError(error);
    } finally {
      this.#isIdentifying = false;
    }
    if (this.#connectedAt !== connectedAt) await this.#identifyServer();
  }

  async #identify(): Promise<RedisServerIdentity> {
    const { database, prefix } = this.#options;
    if (database !== 0) await this.#redis.call('SELECT', database);
    const [direct, scripted] = await Promise.all([
      this.#redis.info(),
      this.#redis.call('EVAL', "return redis.call('INFO')", '0'),
    ]);
    const info = parseInfo(direct);
    const identity = identityOf(info, database, prefix);
    const second = parseInfo(String(scripted));
    if (second.runId !== info.runId || second.replicationId !== info.replicationId) {
      throw new CacheUnavailable(
        'commands of one connection reach different servers, because a proxy distributes them; REDIS_URL must point to the primary',
      );
    }
    return identity;
  }
}
