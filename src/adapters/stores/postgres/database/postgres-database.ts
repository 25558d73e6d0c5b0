import type { Clock, Deadline } from '../../../../ports/clock.ts';
import { OutcomeUnknown, StoreServerChanged, StoreUnavailable } from '../../../../ports/errors.ts';
import type { Ids } from '../../../../ports/ids.ts';
import { inTime, LATE } from '../connection/deadline-check.ts';
import { Endpoints } from '../connection/endpoints.ts';
import { PostgresFailure } from '../connection/postgres-failure.ts';
import { type OpenedConnection, PostgresPool } from '../connection/postgres-pool.ts';
import type { PostgresSession, Row, Statement } from '../connection/postgres-session.ts';
import { Retry } from '../connection/retry.ts';
import type { DatabaseTarget } from '../url/database-url.ts';
import type { TlsMode } from '../url/tls-mode.ts';
import { acceptOrLeave, KnownPrimary } from './known-primary.ts';
import { ProvenReads } from './proven-reads.ts';
import { describeServer, identityFrom } from './server-identity.ts';
import { Settlement } from './settlement.ts';
import { beginChange, commitBefore, INSPECT_SERVER, limitCommit, type ServerView } from './transaction.ts';

export interface DatabaseOptions {
  readonly target: DatabaseTarget;
  /** The maximum number of connections: half for changes, which may wait for each other's locks, half for reads. */
  readonly poolMax: number;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fraction'>;
}

/** The statements to commit, and the result to return once they are committed. */
export interface Decision<T> {
  readonly result: T;
  /** Empty = there is nothing to write. */
  readonly statements: readonly Statement[];
}

/** The fraction of the remaining time in which COMMIT must be acknowledged. The server's lock timeout is shorter. */
const COMMIT_WAIT = 0.75;
/** A change with a smaller fraction of its time left is not committed, because it could not be settled in time. */
const MIN_TIME_TO_COMMIT = 0.2;

const UNCONFIRMED = 'PostgreSQL did not confirm whether it committed the change';
/** PostgreSQL stopped waiting for the standby, which it reports as a warning only. */
const WITHOUT_STANDBY = 'PostgreSQL committed the change, but possibly not on its synchronous standby.';

/** Replaces an infinite deadline: about 25 days, the maximum of timers in Node and PostgreSQL. */
const LONGEST_TIME_MS = 2 ** 31 - 1;

/** Accesses a primary through pools that reconnect. Works behind PgBouncer with transaction pooling. */
export class PostgresDatabase {
  readonly #readPool: PostgresPool;
  readonly #changePool: PostgresPool;
  readonly #clock: Clock;
  readonly #retry: Retry;
  readonly #primary = new KnownPrimary();
  readonly #settlement: Settlement;
  readonly reads: ProvenReads;
  readonly tls: TlsMode;

  /** Does not connect yet. @throws a file that `target` names cannot be read */
  constructor({ target, poolMax, clock, ids }: DatabaseOptions) {
    const endpoints = new Endpoints(target);
    this.tls = target.tls;
    const pool = (max: number) => new PostgresPool({ target, endpoints, clock, max: Math.max(1, max) });
    this.#readPool = pool(Math.ceil(poolMax / 2));
    this.#changePool = pool(Math.floor(poolMax / 2));
    this.#clock = clock;
    this.#retry = new Retry(clock, ids);
    const common = { clock, retry: this.#retry };
    this.reads = new ProvenReads({ ...common, pool: this.#readPool, primary: this.#primary });
    this.#settlement = new Settlement({ ...common, reads: this.reads });
  }

  /** The description of the newest primary that has answered; `undefined` before the first answer. */
  get currentServer(): string | undefined {
    return this.#primary.name;
  }

  /** The last connection for reads that was opened; `undefined` = none yet. */
  get lastOpened(): OpenedConnection | undefined {
    return this.#readPool.lastOpened;
  }

  /** Resolves once all pending work has ended or been abandoned. */
  async close(): Promise<void> {
    await this.#settlement.close();
    await Promise.all([this.#readPool.close(), this.#changePool.close()]);
  }

  /**
   * Runs one transaction in two round trips. The first reads and locks rows; the second writes the statements of `decide` and
   * commits, before the deadline or not at all. The transaction is retried if that is safe and may succeed.
   * @param reads the statements of the first round trip
   * @param decide receives the rows of each statement of `reads`; if it throws, the transaction is rolled back
   * @param on the description of the required server; absent = any primary
   * @throws {StoreUnavailable | StoreServerChanged | OutcomeUnknown} and any error of `decide`
   */
  change<T>(
    reads: readonly Statement[],
    decide: (found: readonly (readonly Row[])[]) => Decision<T>,
    deadline: Deadline,
    on?: string,
  ): Promise<T> {
    const minLeft = this.#left(deadline) * MIN_TIME_TO_COMMIT;
    return this.#retry.run(deadline, async () => {
      const session = await this.#changePool.acquire(deadline);
      try {
        const beginning = beginChange(this.#left(deadline));
        const found = await session.run([...beginning, ...reads, INSPECT_SERVER], deadline);
        // The server read its clock before this moment, so its clock reaches `view.now + left` no later than the deadline.
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
    acceptOrLeave(this.#primary, server, session);
    const name = describeServer(server);
    if (on === undefined || name === on) return;
    throw new StoreServerChanged(
      `A different server answers for the store: ${name}; expected: ${on}. Nothing was written.`,
    );
  }

  /** Waits for a part of the remaining time only. The rest is for settling the commit if it is not acknowledged. */
  async #commit(
    session: PostgresSession,
    statements: readonly Statement[],
    view: ServerView,
    deadline: Deadline,
  ): Promise<void> {
    try {
      await session.run(statements, deadline - this.#left(deadline) * (1 - COMMIT_WAIT));
    } catch (error) {
      if (!(error instanceof PostgresFailure) || error.verdict !== 'lost') throw error;
      await this.#settle(view, error, deadline);
    }
    if (session.hasWarned) throw new OutcomeUnknown(WITHOUT_STANDBY);
  }

  /** Returns if the transaction was committed. @throws {PostgresFailure | OutcomeUnknown} it was aborted, or is unsettled */
  async #settle(view: ServerView, cause: PostgresFailure, deadline: Deadline): Promise<void> {
    const settling = this.#settlement.settle(view);
    switch (await inTime(this.#left(deadline), settling)) {
      case 'committed':
        return;
      case 'aborted':
        throw new PostgresFailure('transient', cause.message, { cause });
      case 'committed without standby':
        throw new OutcomeUnknown(WITHOUT_STANDBY, { cause });
      case 'unknown':
        throw new OutcomeUnknown(`${UNCONFIRMED}: ${cause.message}`, { cause });
      case LATE: {
        const settled = settling.then(() => undefined);
        throw new OutcomeUnknown(`${UNCONFIRMED}: ${cause.message}`, { cause, settled });
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
  return `PostgreSQL was too slow: only ${Math.round(leftMs)} ms were left to commit, not enough to cancel the commit in time. Nothing was written.`;
}
