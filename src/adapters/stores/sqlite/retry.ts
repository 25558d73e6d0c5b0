import type { Clock, Deadline } from '../../../ports/clock.ts';
import type { Ids } from '../../../ports/ids.ts';

const MAX_BACKOFF_MS = 10;

/** Dependencies of the wait between attempts. */
export interface Backoff {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fraction'>;
}

/** Retries after a short random wait while the error is transient. @throws the last error once the deadline has passed */
export async function retryWhile<T>(
  isTransient: (error: unknown) => boolean,
  { clock, ids }: Backoff,
  deadline: Deadline,
  attempt: () => T,
): Promise<T> {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isTransient(error) || clock.monotonic() > deadline) throw error;
    }
    await clock.sleep(1 + ids.fraction() * MAX_BACKOFF_MS);
  }
}
