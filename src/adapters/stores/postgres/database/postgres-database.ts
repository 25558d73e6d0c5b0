import type { Clock, Deadline } from '../../../../ports/clock.ts';
import { OutcomeUnknown, StoreServerChanged, StoreUnavailable } from '../../../../ports/errors.ts';
import type { Ids } from '../../../../ports/ids.ts';
import { inTime, LATE } from '../connection/deadline-check.ts';
import { PostgresClient } from '../connection/postgres-client.ts';
import { PostgresFailure } from '../connection/postgres-failure.ts';
import { PostgresPool } from '../connection/postgres-pool.ts';
import type { PostgresSession, Row, Statement } from '../connection/postgres-session.ts';
import { Retry } from '../connection/retry.ts';
import { KnownPrimary } from './known-primary.ts';
import { ProvenReads } from './proven-reads.ts';
import { describeServer, identityFrom } from './server-identity.ts';
import { Settlement } from './settlement.ts';
import { beginChange, commitBefore, LOOK_AT_SERVER, limitCommit, type ServerView } from './transaction.ts';

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

/** The part of the remaining time in which the answer to COMMIT must arrive. The server waits for locks less long. */
const COMMIT_PATIENCE = 0.75;
/** With a smaller part of its time left, a change is not committed: it could not be settled in time. */
const MIN_TIME_TO_COMMIT = 0.2;

const UNTOLD = 'PostgreSQL did not say whether it made the change';
/** PostgreSQL stopped waiting for the standby, which is only a warning there. */
const WITHOUT_STANDBY = 'PostgreSQL made the change, but perhaps not on its synchronous standby.';

/** Stands for no deadline: some 25 days, which is the longest that timers of Node and PostgreSQL can wait. */
const LONGEST_TIME_MS = 2 ** 31 - 1;

/** A primary, reached through pools that reconnect, also behind a PgBouncer that pools transactions. */
export class PostgresDatabase {
  readonly #readPool: PostgresPool;
  readonly #changePool: PostgresPool;
  readonly #clock: Clock;
  readonly #retry: Retry;
  readonly #primary = new KnownPrimary();
  readonly #settlement: Settlement;
  readonly reads: ProvenReads;

  /** Connects to nothing yet. @throws the error in the URL */
  constructor({ url, poolMax, clock, ids }: DatabaseOptions) {
    new PostgresClient({ connectionString: url });
    this.#readPool = new PostgresPool({ url, max: Math.max(1, Math.ceil(poolMax / 2)), clock });
    this.#changePool = new PostgresPool({ url, max: Math.max(1, Math.floor(poolMax / 2)), clock });
    this.#clock = clock;
    this.#retry = new Retry(clock, ids);
    const common = { clock, retry: this.#retry };
    this.reads = new ProvenReads({ ...common, pool: this.#readPool, primary: this.#primary });
    this.#settlement = new Settlement({ ...common, reads: this.reads });
  }

  /** The newest primary that has answered, as text; `undefined` before the first answer. */
  get currentServer(): string | undefined {
    return this.#primary.name;
  }

  /** Resolves once everything under way has ended, or was given up. */
  async close(): Promise<void> {
    await this.#settlement.close();
    await Promise.all([this.#readPool.close(), this.#changePool.close()]);
  }

  /**
   * One transaction in two round trips: looks (and locks), then writes what `decide` makes of that and commits, before the
   * deadline or not at all. It is repeated where that is safe and may help.
   * @param decide gets the rows of each statement of `looks`; what it throws undoes everything
   * @param on the only server that may do it, as text; absent = the primary that answers
   * @throws {StoreUnavailable | StoreServerChanged | OutcomeUnknown} and whatever `decide` throws
   */
  change<T>(
    looks: readonly Statement[],
    decide: (found: readonly (readonly Row[])[]) => Decision<T>,
    deadline: Deadline,
    on?: string,
  ): Promise<T> {
    const minLeft = this.#left(deadline) * MIN_TIME_TO_COMMIT;
    return this.#retry.run(deadline, async () => {
      const session = await this.#changePool.acquire(deadline);
      try {
        const beginning = beginChange(this.#left(deadline));
        const found = await session.run([...beginning, ...looks, LOOK_AT_SERVER], deadline);
        // The server looked at its clock before this moment, so by its clock the deadline comes no later than this.
        const left = this.#left(deadline);
        const view = serverView(found.at(-1));
        this.#accept(view, on, session);
        const { result, statements } = decide(found.slice(beginning.length, -1));
        if (statements.length > 0) {
          if (left < minLeft) throw new StoreUnavailable(tooLate(left));
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

  #accept({ server }: ServerView, on: string | undefined, session: PostgresSession): void {
    try {
      this.#primary.accept(server);
    } catch (error) {
      session.cut();
      throw error;
    }
    const name = describeServer(server);
    if (on === undefined || name === on) return;
    throw new StoreServerChanged(
      `Another server answers for the store: ${name}, not ${on}. Nothing was written.`,
    );
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

  /** Returns if the transaction was committed. @throws {PostgresFailure | OutcomeUnknown} it was undone, or nobody knows yet */
  async #settle(view: ServerView, cause: PostgresFailure, deadline: Deadline): Promise<void> {
    const settling = this.#settlement.settle(view);
    switch (await inTime(this.#left(deadline), settling)) {
      case 'committed':
        return;
      case 'aborted':
        throw new PostgresFailure('passing', cause.message, { cause });
      case 'committed without standby':
        throw new OutcomeUnknown(WITHOUT_STANDBY, { cause });
      case 'unknown':
        throw new OutcomeUnknown(`${UNTOLD}: ${cause.message}`, { cause });
      case LATE: {
        const settled = settling.then(() => undefined);
        throw new OutcomeUnknown(`${UNTOLD}: ${cause.message}`, { cause, settled });
      }
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

function tooLate(leftMs: number): string {
  return `PostgreSQL was too slow: only ${Math.round(leftMs)} ms were left to commit, too little to cancel the commit in time. Nothing was written.`;
}
