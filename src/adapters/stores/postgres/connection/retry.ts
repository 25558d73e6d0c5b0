import type { Clock, Deadline } from '../../../../ports/clock.ts';
import { StoreUnavailable } from '../../../../ports/errors.ts';
import type { Ids } from '../../../../ports/ids.ts';
import { PostgresFailure } from './postgres-failure.ts';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/** Retries after transient failures until a deadline. */
export class Retry {
  readonly #clock: Clock;
  readonly #ids: Pick<Ids, 'fraction'>;

  constructor(clock: Clock, ids: Pick<Ids, 'fraction'>) {
    this.#clock = clock;
    this.#ids = ids;
  }

  /** @throws {StoreUnavailable} and any error of an attempt that is not a `PostgresFailure` */
  async run<T>(deadline: Deadline, attempt: () => Promise<T>): Promise<T> {
    let last: PostgresFailure | undefined;
    for (let count = 0; this.#clock.monotonic() <= deadline; count += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof PostgresFailure)) throw error;
        if (error.verdict === 'refused') {
          throw new StoreUnavailable(`PostgreSQL refused: ${error.message}`, { cause: error });
        }
        if (last === undefined || !error.isLate) last = error;
      }
      if (!(await this.pause(count, deadline))) break;
    }
    const what = last?.isUnreachable ? 'cannot be reached' : 'did not complete the operation in time';
    const reason = last?.message ?? 'the deadline had passed';
    throw new StoreUnavailable(`PostgreSQL ${what}: ${reason}`, { cause: last });
  }

  /**
   * Exponential backoff with jitter. `false` = the pause would exceed the deadline, or `until` was aborted.
   * @param count the index of the failed attempt, from 0
   */
  async pause(
    count: number,
    deadline: Deadline,
    { longestMs = LONGEST_PAUSE_MS, until }: { longestMs?: number; until?: AbortSignal } = {},
  ): Promise<boolean> {
    const longest = Math.min(longestMs, FIRST_PAUSE_MS * 2 ** count);
    const pause = 1 + this.#ids.fraction() * longest;
    if (this.#clock.monotonic() + pause >= deadline) return false;
    await this.#clock.sleep(pause, until);
    return until?.aborted !== true;
  }
}
