import type { Clock, Deadline } from '../../../../ports/clock.ts';
import { StoreUnavailable } from '../../../../ports/errors.ts';
import { sqlStateOf } from '../connection/postgres-failure.ts';
import type { Retry } from '../connection/retry.ts';
import type { ProvenReads } from './proven-reads.ts';
import { cancellationOf, type ServerView, statusOf } from './transaction.ts';

/** The outcome of a transaction without an acknowledged COMMIT. `unknown`: the server no longer has it, or was unreachable. */
export type Outcome = 'committed' | 'committed without standby' | 'aborted' | 'unknown';

/** Settlement is abandoned after this time. */
const SETTLEMENT_TIMEOUT_MS = 600_000;
/** For one query, including connecting. */
const QUERY_TIMEOUT_MS = 1500;
/** How long `close` waits for pending settlements. */
const CLOSE_TIMEOUT_MS = 1500;
const LONGEST_PAUSE_MS = 1000;

/** SQLSTATE of `pg_xact_status`: after a crash, the server has not reassigned this transaction id. */
const TRANSACTION_IN_THE_FUTURE = '22023';

interface SettlementParts {
  readonly reads: ProvenReads;
  readonly clock: Clock;
  readonly retry: Retry;
}

/**
 * Cancels pending transactions without an acknowledged COMMIT, and determines their outcome. It is independent of the deadline of
 * the request: a transaction that waits for a synchronous standby does so until it is cancelled, even without a client.
 */
export class Settlement {
  readonly #parts: SettlementParts;
  readonly #pending = new Set<Promise<Outcome>>();
  readonly #closing = new AbortController();

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** Resolves once the outcome is known or cannot be determined; never rejects. */
  settle(view: ServerView): Promise<Outcome> {
    const settling = this.#settle(view).finally(() => this.#pending.delete(settling));
    this.#pending.add(settling);
    return settling;
  }

  /** Waits briefly for pending settlements, then abandons the rest. */
  async close(): Promise<void> {
    const { clock } = this.#parts;
    const settled = new AbortController();
    void Promise.all(this.#pending).then(() => settled.abort());
    await clock.sleep(CLOSE_TIMEOUT_MS, settled.signal);
    this.#closing.abort();
    await Promise.all(this.#pending);
  }

  async #settle(view: ServerView): Promise<Outcome> {
    const { clock, retry, reads } = this.#parts;
    const deadline = clock.monotonic() + SETTLEMENT_TIMEOUT_MS;
    const queryDeadline = () => Math.min(deadline, clock.monotonic() + QUERY_TIMEOUT_MS);
    let isCancelled = false;
    for (let count = 0; ; count += 1) {
      const status = await this.#statusOf(view, queryDeadline());
      switch (status) {
        case 'aborted':
          return 'aborted';
        case 'committed':
          return isCancelled ? 'committed without standby' : 'committed';
        case 'in progress':
          isCancelled = true;
          await reads.query(cancellationOf(view), queryDeadline()).catch(() => []);
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
