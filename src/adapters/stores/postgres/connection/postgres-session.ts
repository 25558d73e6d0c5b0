import type { PoolClient } from 'pg';
import type { Clock, Deadline } from '../../../../ports/clock.ts';
import { inTime, LATE } from './deadline-check.ts';
import type { PostgresClient } from './postgres-client.ts';
import { PostgresFailure } from './postgres-failure.ts';

/** Without values it may be several statements, separated by semicolons. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
}

export type Row = Readonly<Record<string, unknown>>;

/** A connection in the hands of one user, until it is released, rolled back or cut off. */
export class PostgresSession {
  readonly #client: PoolClient & PostgresClient;
  readonly #clock: Clock;
  readonly #onSilence: (since: number) => void;
  #isOver = false;

  /** @param onSilence hears when an answer did not come, and since when it was waited for */
  constructor(client: PoolClient & PostgresClient, clock: Clock, onSilence: (since: number) => void) {
    this.#client = client;
    this.#clock = clock;
    this.#onSilence = onSilence;
  }

  /**
   * Sends all statements at once, which takes one round trip, and answers with the rows of each. Nothing is sent once the
   * deadline has passed; where the answers are not there by then, the connection is cut off.
   * @throws {PostgresFailure} the first that occurred
   */
  async run(statements: readonly Statement[], deadline: Deadline): Promise<readonly (readonly Row[])[]> {
    const began = this.#clock.monotonic();
    if (began >= deadline) throw PostgresFailure.late('passing', 'there was no time left');
    this.#client.hasWarned = false;
    const sent = this.#client.together(() =>
      statements.map(({ text, values }) => this.#client.query<Row>(text, values && [...values])),
    );
    const answers = await inTime(deadline - began, Promise.allSettled(sent));
    if (answers === LATE) {
      this.#onSilence(began);
      this.cut();
      throw PostgresFailure.late('lost', 'no answer in time');
    }
    this.#client.heardAt = this.#clock.monotonic();
    return answers.map((answer) => {
      // Of several statements in one text nobody wants the rows.
      if (answer.status === 'fulfilled') return Array.isArray(answer.value) ? [] : answer.value.rows;
      const failure = PostgresFailure.of(answer.reason);
      if (failure.verdict === 'lost') this.cut();
      throw failure;
    });
  }

  /** Whether the server warned while it did what was last run. */
  get hasWarned(): boolean {
    return this.#client.hasWarned;
  }

  release(): void {
    this.#end(false);
  }

  /** Undoes the transaction and releases the connection, or cuts it off where that takes too long. */
  async rollBack(deadline: Deadline): Promise<void> {
    if (this.#isOver) return;
    try {
      await this.run([{ text: 'ROLLBACK' }], deadline);
      this.release();
    } catch {
      this.cut();
    }
  }

  cut(): void {
    this.#client.cut();
    this.#end(true);
  }

  #end(isBroken: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#client.release(isBroken);
  }
}
