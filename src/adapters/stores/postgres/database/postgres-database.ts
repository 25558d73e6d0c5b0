import type { Clock, Deadline } from '../../../../ports/clock.ts';
import { OutcomeUnknown, StoreUnavailable } from '../../../../ports/errors.ts';
import type { Ids } from '../../../../ports/ids.ts';
import { PostgresClient } from '../connection/postgres-client.ts';
import { PostgresFailure, sqlStateOf } from '../connection/postgres-failure.ts';
import { PostgresPool } from '../connection/postgres-pool.ts';
import type { PostgresSession, Row, Statement } from '../connection/postgres-session.ts';
import { Retry } from '../connection/retry.ts';
import { asJsonRows, type JsonRow, proving, withoutEvidence } from './evidence.ts';
import { identityFrom } from './server-identity.ts';
import {
  beginChange,
  beginRead,
  COMMIT,
  cancellationOf,
  commitBefore,
  LOOK_AT_SERVER,
  limitCommit,
  type ServerView,
  statusOf,
} from './transaction.ts';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`, with `sslmode` and the like as parameters. */
  readonly url: string;
  /** How many connections there may be: half of them for changes, which may wait for each other, half for the rest. */
  readonly poolMax: number;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fraction'>;
}

/** What is written, and what the caller gets when that is committed. */
export interface Decision<T> {
  readonly result: T;
  /** None = there is nothing to write. */
  readonly statements: readonly Statement[];
}

/** How much of the time that is left the answer to COMMIT may take: more than the server waits for its locks. */
const COMMIT_PATIENCE = 0.75;

const UNTOLD = 'PostgreSQL did not say whether it made the change';
/** It stopped waiting for the standby, and only warns of that. */
const WITHOUT_STANDBY = 'PostgreSQL made the change, but perhaps not on its synchronous standby.';

/** No timeout of PostgreSQL can be longer. */
const LONGEST_TIME_MS = 2 ** 31 - 1;

/** SQLSTATE of `pg_xact_status`: since a crash, the server has not given out this transaction's number again. */
const TRANSACTION_IN_THE_FUTURE = '22023';

/** A primary, reached through pools that heal by themselves, also behind a PgBouncer that pools transactions. */
export class PostgresDatabase {
  readonly #reads: PostgresPool;
  readonly #changes: PostgresPool;
  readonly #clock: Clock;
  readonly #retry: Retry;
  /** Whether a standby has answered: then a proxy may choose the server statement by statement. */
  #mayBeRouted = false;

  /** Connects to nobody yet. @throws what is wrong with the URL */
  constructor({ url, poolMax, clock, ids }: DatabaseOptions) {
    new PostgresClient({ connectionString: url });
    this.#reads = new PostgresPool({ url, max: Math.max(1, Math.ceil(poolMax / 2)), clock });
    this.#changes = new PostgresPool({ url, max: Math.max(1, Math.floor(poolMax / 2)), clock });
    this.#clock = clock;
    this.#retry = new Retry(clock, ids);
  }

  /** Once everything under way has ended. */
  async close(): Promise<void> {
    await Promise.all([this.#reads.close(), this.#changes.close()]);
  }

  /** What any one `SELECT` finds, as JSON. @throws {StoreUnavailable} */
  async query(statement: Statement, deadline: Deadline): Promise<readonly Row[]> {
    const rows = await this.read(asJsonRows(statement), deadline);
    return rows.map(({ row }) => row as Row);
  }

  /**
   * The rows of one statement, which sees one instant on a primary.
   * @param statement with the columns of a `JsonRow`
   * @throws {StoreUnavailable}
   */
  read(statement: Statement, deadline: Deadline): Promise<readonly JsonRow[]> {
    return this.#retry.run(deadline, async () => {
      const session = await this.#reads.acquire(deadline);
      try {
        const beginning = beginRead(this.#left(deadline), this.#mayBeRouted);
        const reading = [...beginning, proving(statement), COMMIT];
        const answer = (await session.run(reading, deadline)).at(-2) ?? [];
        const { rows, timeline } = withoutEvidence(answer);
        if (timeline === undefined) throw new PostgresFailure('refused', 'it does not name its WAL file');
        return rows;
      } catch (error) {
        if (error instanceof PostgresFailure && error.isStandby) this.#mayBeRouted = true;
        throw error;
      } finally {
        // Where the statement failed, COMMIT has ended the transaction all the same.
        session.release();
      }
    });
  }

  /**
   * One transaction in two round trips: looks (and locks), then writes what `decide` makes of that and commits, before the
   * deadline or not at all. It is repeated where that is safe and may help.
   * @param decide gets the rows of each statement of `looks`; what it throws undoes everything
   * @throws {StoreUnavailable | OutcomeUnknown} and whatever `decide` throws
   */
  change<T>(
    looks: readonly Statement[],
    decide: (found: readonly (readonly Row[])[]) => Decision<T>,
    deadline: Deadline,
  ): Promise<T> {
    return this.#retry.run(deadline, async () => {
      const session = await this.#changes.acquire(deadline);
      try {
        const beginning = beginChange(this.#left(deadline));
        const found = await session.run([...beginning, ...looks, LOOK_AT_SERVER], deadline);
        // The server looked at its clock before this moment, so by its clock the deadline comes no later than this.
        const left = this.#left(deadline);
        const view = serverView(found.at(-1));
        const { result, statements } = decide(found.slice(beginning.length, -1));
        if (statements.length > 0) {
          const closing = [limitCommit(left), ...statements, commitBefore(view.now + left)];
          await this.#commit(session, closing, view, deadline);
          session.release();
        }
        return result;
      } finally {
        await session.rollBack(deadline);
      }
    });
  }

  /** Does not wait for all of the time that is left, so that the rest may find out what a lost answer was. */
  async #commit(
    session: PostgresSession,
    statements: readonly Statement[],
    view: ServerView,
    deadline: Deadline,
  ): Promise<void> {
    try {
      await session.run(statements, deadline - this.#left(deadline) * (1 - COMMIT_PATIENCE));
    } catch (error) {
      if (!(error instanceof PostgresFailure) || error.verdict !== 'lost') throw error;
      await this.#settle(view, error, deadline);
    }
    if (session.hasWarned) throw new OutcomeUnknown(WITHOUT_STANDBY);
  }

  /** Returns if the transaction was committed. @throws {PostgresFailure | OutcomeUnknown} it was undone, or nobody knows */
  async #settle(view: ServerView, cause: PostgresFailure, deadline: Deadline): Promise<void> {
    let isCancelled = false;
    for (let count = 0; ; count += 1) {
      const outcome = await this.#outcomeOf(view, deadline);
      if (outcome === 'aborted') throw new PostgresFailure('passing', cause.message, { cause });
      if (outcome === 'committed' && !isCancelled) return;
      if (outcome === 'committed') throw new OutcomeUnknown(WITHOUT_STANDBY, { cause });
      if (outcome === 'in progress') {
        isCancelled = true;
        await this.query(cancellationOf(view), deadline).catch(() => []);
        if (await this.#retry.pause(count, deadline)) continue;
      }
      throw new OutcomeUnknown(`${UNTOLD}: ${cause.message}`, { cause });
    }
  }

  async #outcomeOf(view: ServerView, deadline: Deadline): Promise<unknown> {
    try {
      const [row] = await this.query(statusOf(view), deadline);
      return row?.['status'] === 'committed' && row['hasRestarted'] !== false ? 'unknown' : row?.['status'];
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return sqlStateOf(error) === TRANSACTION_IN_THE_FUTURE ? 'aborted' : 'unknown';
    }
  }

  #left(deadline: Deadline): number {
    return Math.min(deadline - this.#clock.monotonic(), LONGEST_TIME_MS);
  }
}

function serverView(rows: readonly Row[] | undefined): ServerView {
  const [row = {}] = rows ?? [];
  const { now, transactionId } = row;
  return { now: Number(now), transactionId: String(transactionId), server: identityFrom(row) };
}
