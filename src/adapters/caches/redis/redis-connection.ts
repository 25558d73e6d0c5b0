import { Redis, type RedisOptions } from 'ioredis';
import { CacheUnavailable } from '../../../ports/errors.ts';
import type { Ids } from '../../../ports/ids.ts';
import { describeConnectionError, isWithoutCause } from './describe-redis-error.ts';
import { parseInfo, type RedisInfo } from './redis-info.ts';

const CONNECT_TIMEOUT_MS = 2000;
/** After this time without an answer the connection is closed, and all its pending commands fail. */
const SOCKET_TIMEOUT_MS = 2000;
const KEEP_ALIVE_DELAY_MS = 10_000;
const MAX_RECONNECT_DELAY_MS = 1000;
/** A primary that is demoted to a replica keeps its connections, so its role is checked regularly. */
const INFO_INTERVAL_MS = 1000;

/**
 * One connection, which is re-established whenever it breaks. While disconnected, commands fail at once and are never
 * queued. Commands that were unanswered when it broke are never sent again.
 */
export class RedisConnection {
  readonly #redis: Redis;
  #info: RedisInfo | undefined;
  #failure = 'Redis is not connected yet';
  /** Whether the driver has reported an error of the current connection. */
  #hasDriverError = false;
  readonly #infoTimer: NodeJS.Timeout;

  /**
   * Starts to connect.
   * @param url `redis://` or `rediss://`, with optional credentials
   * @param createClient creates the driver's client; tests replace it
   */
  constructor(
    url: string,
    ids: Pick<Ids, 'fraction'>,
    createClient = (address: string, options: RedisOptions) => new Redis(address, options),
  ) {
    this.#redis = createClient(url, {
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      keepAlive: KEEP_ALIVE_DELAY_MS,
      // The server was demoted to a replica: on the new connection its role is checked first.
      reconnectOnError: ({ message }) => message.startsWith('READONLY'),
      retryStrategy: (attempt) =>
        Math.min(MAX_RECONNECT_DELAY_MS, 25 * 2 ** Math.min(attempt, 10)) * (0.5 + ids.fraction() / 2),
    });
    this.#redis.on('connect', () => void this.#identifyServer());
    this.#redis.on('close', () => {
      if (this.#info !== undefined && !this.#hasDriverError) this.#failure = 'Redis closed the connection';
      this.#info = undefined;
    });
    this.#redis.on('error', (error) => {
      if (isWithoutCause(error)) return;
      this.#failure = describeConnectionError(error);
      this.#hasDriverError = true;
    });
    this.#infoTimer = setInterval(() => {
      if (this.#info !== undefined) void this.#identifyServer();
    }, INFO_INTERVAL_MS).unref();
  }

  /**
   * The current connection; call this before each command.
   * @throws {CacheUnavailable} while disconnected, or where the server is not a usable primary
   */
  current(): { readonly redis: Redis; readonly runId: string } {
    if (this.#info === undefined || this.#redis.status !== 'ready') {
      throw new CacheUnavailable(this.#failure);
    }
    const { runId, mode, role, product } = this.#info;
    if (mode === 'sentinel') {
      throw new CacheUnavailable(`this server is a ${product} Sentinel; REDIS_URL must point to the primary`);
    }
    if (runId === undefined) {
      throw new CacheUnavailable(
        'the server does not report a run_id in INFO; REDIS_URL must point to a Redis or Valkey server',
      );
    }
    if (role !== 'master') {
      throw new CacheUnavailable(
        `this ${product} server is a replica, whose data may be stale; REDIS_URL must point to the primary`,
      );
    }
    return { redis: this.#redis, runId };
  }

  close(): void {
    clearInterval(this.#infoTimer);
    this.#redis.disconnect();
  }

  /** Runs before any other command on a new connection, and then regularly. */
  async #identifyServer(): Promise<void> {
    this.#hasDriverError = false;
    try {
      this.#info = parseInfo(await this.#redis.info());
    } catch (error) {
      // The driver's own error is more specific: WRONGPASS, where INFO is rejected with NOAUTH.
      if (!this.#hasDriverError && !isWithoutCause(error)) this.#failure = describeConnectionError(error);
    }
  }
}
