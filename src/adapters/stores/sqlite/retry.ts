import type { Clock, Deadline } from '../../../ports/clock.ts';
import type { Ids } from '../../../ports/ids.ts';

const LONGEST_PAUSE_MS = 10;

/** What pausing between attempts takes. */
export interface Backoff {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fraction'>;
}

/** Attempts again after a short pause while what it throws is passing. @throws the last error, once the deadline is past */
export async function retryWhile<T>(
  isPassing: (error: unknown) => boolean,
  { clock, ids }: Backoff,
  deadline: Deadline,
  attempt: () => T,
): Promise<T> {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isPassing(error) || clock.monotonic() > deadline) throw error;
    }
    await clock.sleep(1 + ids.fraction() * LONGEST_PAUSE_MS);
  }
}
