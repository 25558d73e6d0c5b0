import type { Clock, Deadline } from '../../../../ports/clock.ts';
import { PostgresFailure } from '../connection/postgres-failure.ts';
import type { PostgresPool } from '../connection/postgres-pool.ts';
import type { PostgresSession, Row, Statement } from '../connection/postgres-session.ts';
import type { Retry } from '../connection/retry.ts';
import { asJsonRows, type JsonRow, type ProvenAnswer, provenAnswer, proving } from './evidence.ts';
import { acceptOrLeave, type KnownPrimary } from './known-primary.ts';
import { beginRead, COMMIT } from './transaction.ts';

interface ProvenReadsParts {
  readonly pool: PostgresPool;
  readonly clock: Clock;
  readonly retry: Retry;
  readonly primary: KnownPrimary;
}

/** Reads whose results include evidence that the newest primary executed them. */
export class ProvenReads {
  readonly #parts: ProvenReadsParts;
  /** Whether a standby has answered. If so, a proxy may choose a server for each statement. */
  #mayBeRouted = false;

  constructor(parts: ProvenReadsParts) {
    this.#parts = parts;
  }

  /** The rows of any single `SELECT`, as JSON. @throws {StoreUnavailable} */
  async query(statement: Statement, deadline: Deadline): Promise<readonly Row[]> {
    const rows = await this.read(asJsonRows(statement), deadline);
    return rows.map(({ row }) => row as Row);
  }

  /**
   * The rows of one statement, which reads a single snapshot on a primary.
   * @param statement with the columns of a `JsonRow`
   * @throws {StoreUnavailable}
   */
  read(statement: Statement, deadline: Deadline): Promise<readonly JsonRow[]> {
    const { primary } = this.#parts;
    return this.#onSession(deadline, async (session) => {
      const { rows, timeline } = await this.#ask(session, statement, !primary.isKnown, deadline);
      if (primary.isOn(timeline)) return rows;
      // A different server, or a promotion. The answer can be used only after the server is identified.
      return (await this.#ask(session, statement, true, deadline)).rows;
    });
  }

  /** Like `read`, with the description of the server that answered. @throws {StoreUnavailable} */
  readFrom(
    statement: Statement,
    deadline: Deadline,
  ): Promise<{ readonly rows: readonly JsonRow[]; readonly server: string | undefined }> {
    const { primary } = this.#parts;
    return this.#onSession(deadline, async (session) => {
      const { rows } = await this.#ask(session, statement, true, deadline);
      return { rows, server: primary.name };
    });
  }

  #onSession<T>(deadline: Deadline, work: (session: PostgresSession) => Promise<T>): Promise<T> {
    const { pool, retry } = this.#parts;
    return retry.run(deadline, async () => {
      const session = await pool.acquire(deadline);
      try {
        return await work(session);
      } catch (error) {
        if (error instanceof PostgresFailure && error.isStandby) this.#mayBeRouted = true;
        throw error;
      } finally {
        // COMMIT ends the transaction even if the statement failed.
        session.release();
      }
    });
  }

  async #ask(
    session: PostgresSession,
    statement: Statement,
    withSystem: boolean,
    deadline: Deadline,
  ): Promise<ProvenAnswer> {
    const { clock, primary } = this.#parts;
    const beginning = beginRead(deadline - clock.monotonic(), this.#mayBeRouted);
    const answers = await session.run([...beginning, proving(statement, withSystem), COMMIT], deadline);
    const answer = provenAnswer(answers.at(-2) ?? []);
    const { system, timeline } = answer;
    if (system !== undefined) acceptOrLeave(primary, { system, timeline }, session);
    return answer;
  }
}
