import { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';

/** The class of SQLSTATEs that are warnings. */
const WARNING = '01';

/** A connection that can be cut off at once, whatever it is waiting for. */
export class PostgresClient extends Client {
  /** When the server last answered, or the connection was made: milliseconds on `Clock.monotonic`. */
  heardAt = Number.POSITIVE_INFINITY;
  /** Whether the server has warned since somebody set this to false. */
  hasWarned = false;
  readonly #socket: Socket;

  constructor(config: ClientConfig = {}) {
    const socket = new Socket();
    super({ ...config, stream: () => socket });
    this.#socket = socket;
    // Whoever waits for an answer gets the error there; without a listener it would end the process as well.
    this.on('error', () => undefined);
    this.on('notice', ({ code }) => {
      if (code?.startsWith(WARNING)) this.hasWarned = true;
    });
  }

  /** Whatever `work` sends leaves as one packet, where it fits. */
  together<T>(work: () => T): T {
    this.#socket.cork();
    try {
      return work();
    } finally {
      this.#socket.uncork();
    }
  }

  /** `end` would first wait for the answers that are still owed. */
  cut(): void {
    this.#socket.destroy();
  }
}
