import type { PoolClient } from 'pg';
import type { Clock, Deadline } from '../../../../ports/clock.ts';
import { inTime, LATE } from './deadline-check.ts';
import type { PostgresClient } from './postgres-client.ts';
import { PostgresFailure } from './postgres-failure.ts';

/** Without values, the text may contain several statements, separated by semicolons. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
}

export type Row = Readonly<Record<string, unknown>>;

/** A connection in exclusive use until it is released, rolled back or cut. */
export class PostgresSession {
  readonly #client: PoolClient & PostgresClient;
  readonly #clock: Clock;
  readonly #onSilence: (since: number) => void;
  #hasEnded = false;

  /** @param onSilence called when an answer did not arrive in time, with the start of the wait */
  constructor(client: PoolClient & PostgresClient, clock: Clock, onSilence: (since: number) => void) {
    this.#client = client;
    this.#clock = clock;
    this.#onSilence = onSilence;
  }

  /**
   * Sends all statements in one round trip and returns the rows of each. Nothing is sent after the deadline. If the answers do
   * not arrive by then, the connection is cut.
   * @throws {PostgresFailure} of the first statement that failed
   */
  async run(statements: readonly Statement[], deadline: Deadline): Promise<readonly (readonly Row[])[]> {
    const startedAt = this.#clock.monotonic();
    if (startedAt >= deadline) throw PostgresFailure.late('transient', 'the deadline had passed');
    this.#client.hasWarned = false;
    const sent = this.#client.inOnePacket(() =>
      statements.map(({ text, values }) => this.#client.query<Row>(text, values && [...values])),
    );
    const answers = await inTime(deadline - startedAt, Promise.allSettled(sent));
    if (answers === LATE) {
      this.#onSilence(startedAt);
      this.cut();
      throw PostgresFailure.late('lost', 'no answer in time');
    }
    this.#client.lastAnswerAt = this.#clock.monotonic();
    return answers.map((answer) => {
      // The rows of a text with several statements are not used.
      if (answer.status === 'fulfilled') return Array.isArray(answer.value) ? [] : answer.value.rows;
      const failure = PostgresFailure.of(answer.reason);
      if (failure.isStandby) this.leave();
      else if (failure.verdict === 'lost') this.cut();
      throw failure;
    });
  }

  /** Whether the server sent a warning during the last `run`. */
  get hasWarned(): boolean {
    return this.#client.hasWarned;
  }

  release(): void {
    this.#end(false);
  }

  /** Rolls back the transaction and releases the connection, or cuts it if the rollback fails or takes too long. */
  async rollBack(deadline: Deadline): Promise<void> {
    if (this.#hasEnded) return;
    try {
      await this.run([{ text: 'ROLLBACK' }], deadline);
      this.release();
    } catch {
      this.cut();
    }
  }

  /** Cuts the connection because it reaches no usable primary. Later ones go to the next host, if there are several. */
  leave(): void {
    this.#client.moveOn();
    this.cut();
  }

  /** Closes the connection immediately. */
  cut(): void {
    this.#client.cut();
    this.#end(true);
  }

  #end(isBroken: boolean): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#client.release(isBroken);
  }
}
