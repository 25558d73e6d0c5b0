import { type ClientConfig, Pool, type PoolClient, type PoolConfig } from 'pg';
import type { Clock, Deadline } from '../../../../ports/clock.ts';
import type { DatabaseTarget } from '../url/database-url.ts';
import { inTime, LATE } from './deadline-check.ts';
import type { Endpoint, Endpoints } from './endpoints.ts';
import { PostgresClient } from './postgres-client.ts';
import { PostgresFailure } from './postgres-failure.ts';
import { PostgresSession } from './postgres-session.ts';

/** An attempt to connect is abandoned after this time, so that it can be retried. */
const CONNECT_TIMEOUT_MS = 1000;
const IDLE_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 10_000;

export interface OpenedConnection {
  readonly endpoint: Endpoint;
  /** Up to the server, or to a pooler or proxy before it. */
  readonly isEncrypted: boolean;
}

interface PoolOptions {
  readonly target: DatabaseTarget;
  /** Shared by all pools of a database. */
  readonly endpoints: Endpoints;
  readonly max: number;
  readonly clock: Clock;
}

/** Opens connections on demand, up to `max`. It recovers without intervention after any failure of the server. */
export class PostgresPool {
  readonly #pool: Pool;
  readonly #clock: Clock;
  #silentSince = Number.NEGATIVE_INFINITY;
  #closing: Promise<void> | undefined;
  #lastOpened: OpenedConnection | undefined;

  constructor({ target, endpoints, max, clock }: PoolOptions) {
    this.#clock = clock;
    const config: PoolConfig = {
      user: target.user,
      database: target.database,
      ...(target.password === undefined ? {} : { password: target.password }),
      ...(target.options === undefined ? {} : { options: target.options }),
      ...(target.applicationName === undefined ? {} : { application_name: target.applicationName }),
      fallback_application_name: 'rollcall',
      max,
      Client: class extends PostgresClient {
        constructor(given: ClientConfig = {}) {
          super(given, endpoints);
        }
      },
      pipeline: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    };
    this.#pool = new Pool(config);
    this.#pool.on('connect', (client) => {
      const opened = client as PoolClient & PostgresClient;
      opened.lastAnswerAt = clock.monotonic();
      this.#lastOpened = { endpoint: opened.endpoint, isEncrypted: opened.isEncrypted };
    });
    // An idle connection failed. The pool has removed it, and no query was pending on it.
    this.#pool.on('error', () => undefined);
  }

  /**
   * Acquires a connection for exclusive use. A connection that was idle before another one went silent is discarded: the same
   * outage may have broken both, and a request on a dead connection would run into its deadline.
   * @throws {PostgresFailure}
   */
  async acquire(deadline: Deadline): Promise<PostgresSession> {
    for (;;) {
      const client = await this.#connect(deadline);
      const session = new PostgresSession(client, this.#clock, (since) => {
        this.#silentSince = Math.max(this.#silentSince, since);
      });
      if (client.lastAnswerAt >= this.#silentSince) return session;
      session.cut();
    }
  }

  /** The last connection that was opened; `undefined` = none yet. */
  get lastOpened(): OpenedConnection | undefined {
    return this.#lastOpened;
  }

  /** Resolves once all sessions have ended. */
  close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    return this.#closing;
  }

  async #connect(deadline: Deadline): Promise<PoolClient & PostgresClient> {
    const left = deadline - this.#clock.monotonic();
    if (left <= 0) throw PostgresFailure.late('transient', 'the deadline had passed');
    try {
      const connecting = this.#pool.connect();
      const client = await inTime(left, connecting);
      if (client !== LATE) return client as PoolClient & PostgresClient;
      connecting.then(
        (unwanted) => unwanted.release(),
        () => undefined,
      );
    } catch (error) {
      throw PostgresFailure.of(error);
    }
    throw PostgresFailure.late('transient', 'no connection became available in time');
  }
}
