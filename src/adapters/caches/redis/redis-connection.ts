import { Redis, type RedisOptions } from 'ioredis';
import { CacheUnavailable, reasonOf } from '../../../ports/errors.ts';
import type { Ids } from '../../../ports/ids.ts';
import { parseInfo, type RedisInfo } from './redis-info.ts';

const CONNECT_TIMEOUT_MS = 2000;
/** A server that owes an answer for so long is given up, and so is whatever waits for it. */
const SOCKET_TIMEOUT_MS = 2000;
const KEEP_ALIVE_DELAY_MS = 10_000;
const MAX_RECONNECT_DELAY_MS = 1000;
/** A server that is made a replica keeps its connections and says nothing. */
const INFO_INTERVAL_MS = 1000;

/**
 * One connection, made anew whenever it breaks. While there is none, commands are refused, never queued; what was not
 * answered when it broke is never sent again.
 */
export class RedisConnection {
  readonly #redis: Redis;
  #info: RedisInfo | undefined;
  #lastError = 'not connected yet';
  /** Whether the driver has said what is wrong with this connection. */
  #hasDriverError = false;
  readonly #infoTimer: NodeJS.Timeout;

  /**
   * Begins to connect.
   * @param url `redis://` or `rediss://`, with credentials if need be
   * @param createClient makes the driver's client; tests bring a double
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
      // The server was made a replica under us: a new connection asks again what it is.
      reconnectOnError: ({ message }) => message.startsWith('READONLY'),
      retryStrategy: (attempt) =>
        Math.min(MAX_RECONNECT_DELAY_MS, 25 * 2 ** Math.min(attempt, 10)) * (0.5 + ids.fraction() / 2),
    });
    this.#redis.on('connect', () => void this.#identifyServer());
    this.#redis.on('close', () => {
      this.#info = undefined;
    });
    this.#redis.on('error', (error) => {
      this.#lastError = reasonOf(error);
      this.#hasDriverError = true;
    });
    this.#infoTimer = setInterval(() => {
      if (this.#info !== undefined) void this.#identifyServer();
    }, INFO_INTERVAL_MS).unref();
  }

  /**
   * The connection as it is at this moment; not to be kept.
   * @throws {CacheUnavailable} while there is none, or where the server is not one to be trusted
   */
  current(): { readonly redis: Redis; readonly runId: string } {
    if (this.#info === undefined || this.#redis.status !== 'ready') {
      throw new CacheUnavailable(`Redis cannot be reached: ${this.#lastError}`);
    }
    const { runId, role } = this.#info;
    if (runId === undefined) throw new CacheUnavailable('Redis does not tell its run id (INFO server).');
    if (role !== 'master') throw new CacheUnavailable('This Redis is a replica; its answers may be old.');
    return { redis: this.#redis, runId };
  }

  close(): void {
    clearInterval(this.#infoTimer);
    this.#redis.disconnect();
  }

  /** Asks who is there: before anything else is sent on a connection, and now and then. */
  async #identifyServer(): Promise<void> {
    this.#hasDriverError = false;
    try {
      this.#info = parseInfo(await this.#redis.info());
    } catch (error) {
      // That one is not let in says less than why: a wrong password.
      if (!this.#hasDriverError) this.#lastError = reasonOf(error);
    }
  }
}
