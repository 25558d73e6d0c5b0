import { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';

/** The class of SQLSTATEs that are warnings. */
const WARNING = '01';

/** A connection that can be closed immediately, even while it waits for an answer. */
export class PostgresClient extends Client {
  /** When the server last answered, or the connection was opened: milliseconds on `Clock.monotonic`. */
  lastAnswerAt = Number.POSITIVE_INFINITY;
  /** Whether the server has sent a warning since this was last set to false. */
  hasWarned = false;
  readonly #socket: Socket;

  constructor(config: ClientConfig = {}) {
    const socket = new Socket();
    super({ ...config, stream: () => socket });
    this.#socket = socket;
    // A pending query is rejected with the error. Without a listener, the event would also terminate the process.
    this.on('error', () => undefined);
    this.on('notice', ({ code }) => {
      if (code?.startsWith(WARNING)) this.hasWarned = true;
    });
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

  /** Closes the socket. `end` would first wait for pending answers. */
  cut(): void {
    this.#socket.destroy();
  }
}
