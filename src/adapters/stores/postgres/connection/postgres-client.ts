import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Client, type ClientConfig, DatabaseError } from 'pg';
import type { Endpoint, Endpoints } from './endpoints.ts';

/** The class of SQLSTATEs that are warnings. */
const WARNING = '01';
/** Also: no entry of pg_hba.conf matches a connection with TLS. */
const INVALID_AUTHORIZATION = '28000';
/** Thrown by the driver, without a code. */
const NO_TLS = 'The server does not support SSL connections';

/** A connection that can be closed immediately, even while it waits for an answer. */
export class PostgresClient extends Client {
  readonly endpoint: Endpoint;
  /** When the server last answered, or the connection was opened: milliseconds on `Clock.monotonic`. */
  lastAnswerAt = Number.POSITIVE_INFINITY;
  /** Whether the server has sent a warning since this was last set to false. */
  hasWarned = false;
  readonly #socket: Socket;
  readonly #endpoints: Endpoints;

  constructor(config: ClientConfig, endpoints: Endpoints) {
    const socket = new Socket();
    const endpoint = endpoints.current;
    super({
      ...config,
      // Not enumerable in the options of a pool.
      password: config.password,
      host: endpoint.host,
      port: endpoint.port,
      // The driver hides the key of the object that it gets.
      ssl: endpoint.tls === false ? false : { ...endpoint.tls },
      sslnegotiation: endpoints.isDirect && endpoint.tls !== false ? 'direct' : 'postgres',
      stream: () => socket,
    });
    this.endpoint = endpoint;
    this.#endpoints = endpoints;
    this.#socket = socket;
    // A pending query is rejected with the error. Without a listener, the event would also terminate the process.
    this.on('error', () => undefined);
    this.on('notice', ({ code }) => {
      if (code?.startsWith(WARNING)) this.hasWarned = true;
    });
  }

  override connect(): Promise<this>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<this> | undefined {
    if (callback === undefined) return super.connect() as unknown as Promise<this>;
    super.connect((error: Error) => callback(error ? this.#onFailure(error) : error));
    return undefined;
  }

  /** Whether this connection is encrypted up to the next server or pooler. */
  get isEncrypted(): boolean {
    return this.connection.stream instanceof TLSSocket;
  }

  /** Sends all messages of `work` in one packet if they fit. */
  inOnePacket<T>(work: () => T): T {
    this.#socket.cork();
    try {
      return work();
    } finally {
      this.#socket.uncork();
    }
  }

  /** Makes later connections go to the next host. */
  moveOn(): void {
    this.#endpoints.moveOn(this.endpoint);
  }

  /** Closes the socket. `end` would first wait for pending answers. */
  cut(): void {
    this.#socket.destroy();
  }

  #onFailure(error: Error): Error {
    // The pool forgets the client without closing it, for example after a failure to authenticate the server.
    this.cut();
    if (!this.endpoint.mayFallBack || !isRefusalOfTls(error)) {
      this.moveOn();
      return error;
    }
    this.#endpoints.fallBack(this.endpoint);
    // Without a cause: it is retried, and another attempt may name the reason.
    return new Error(`${error.message}; trying without TLS`);
  }
}

function isRefusalOfTls(error: Error): boolean {
  if (error instanceof DatabaseError) return error.code === INVALID_AUTHORIZATION;
  return (
    error.message === NO_TLS || ('code' in error && /^(EPROTO|ERR_SSL|ERR_TLS)/.test(String(error.code)))
  );
}
