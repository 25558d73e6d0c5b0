import type { Clock, Deadline } from '../../../../ports/clock.ts';
import { StoreUnavailable } from '../../../../ports/errors.ts';
import { sqlStateOf } from '../connection/postgres-failure.ts';
import type { Retry } from '../connection/retry.ts';
import type { ProvenReads } from './proven-reads.ts';
import { cancellationOf, type ServerView, statusOf } from './transaction.ts';

/** How a transaction ended whose COMMIT was not answered. `unknown`: the server cannot tell any more, or was never reached. */
export type Outcome = 'committed' | 'committed without standby' | 'aborted' | 'unknown';

/** A server that cannot be reached for so long is given up. */
const GIVE_UP_MS = 600_000;
/** One question, with its connection. */
const QUESTION_MS = 2000;
/** How long closing waits for transactions to end. */
const CLOSE_MS = 2000;
const LONGEST_PAUSE_MS = 1000;

/** SQLSTATE of `pg_xact_status`: since a crash, the server has not assigned this transaction's number again. */
const TRANSACTION_IN_THE_FUTURE = '22023';

interface SettlementParts {
  readonly reads: ProvenReads;
  readonly clock: Clock;
  readonly retry: Retry;
}

/**
 * Ends transactions whose COMMIT was not answered, and finds out how they ended. It has a deadline of its own: a transaction
 * that waits for a synchronous standby waits until somebody cancels it, however long ago its client gave up.
 */
export class Settlement {
  readonly #parts: SettlementParts;
  readonly #pending = new Set<Promise<Outcome>>();
  readonly #closing = new AbortController();

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** Resolves once the transaction has ended, as far as anybody can know; never rejects. */
  settle(view: ServerView): Promise<Outcome> {
    const settling = this.#settle(view).finally(() => this.#pending.delete(settling));
    this.#pending.add(settling);
    return settling;
  }

  /** Waits a moment for what is pending, and gives up the rest. */
  async close(): Promise<void> {
    const { clock } = this.#parts;
    const settled = new AbortController();
    void Promise.all(this.#pending).then(() => settled.abort());
    await clock.sleep(CLOSE_MS, settled.signal);
    this.#closing.abort();
    await Promise.all(this.#pending);
  }

  async #settle(view: ServerView): Promise<Outcome> {
    const { clock, retry, reads } = this.#parts;
    const deadline = clock.monotonic() + GIVE_UP_MS;
    const question = () => Math.min(deadline, clock.monotonic() + QUESTION_MS);
    let isCancelled = false;
    for (let count = 0; ; count += 1) {
      const status = await this.#statusOf(view, question());
      switch (status) {
        case 'aborted':
          return 'aborted';
        case 'committed':
          return isCancelled ? 'committed without standby' : 'committed';
        case 'in progress':
          isCancelled = true;
          await reads.query(cancellationOf(view), question()).catch(() => []);
          break;
        case 'unreachable':
          break;
        default:
          return 'unknown';
      }
      const pause = { longestMs: LONGEST_PAUSE_MS, until: this.#closing.signal };
      if (!(await retry.pause(count, deadline, pause))) return 'unknown';
    }
  }

  async #statusOf(view: ServerView, deadline: Deadline): Promise<unknown> {
    try {
      const [row] = await this.#parts.reads.query(statusOf(view), deadline);
      return row?.['status'] === 'committed' && row['hasRestarted'] !== false ? 'unknown' : row?.['status'];
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return sqlStateOf(error) === TRANSACTION_IN_THE_FUTURE ? 'aborted' : 'unreachable';
    }
  }
}
