import { SingleBar } from 'cli-progress';
import type { Progress } from '../../src/ports/maintenance.ts';

/** If standard error is not a terminal, a line is printed at this interval. */
const LINE_INTERVAL_MS = 5000;

/** Shows the progress of one variant on standard error. @param seconds duration of the load */
export async function withVariantProgress<T>(
  title: string,
  seconds: number,
  run: (progress: Progress) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({
    format: `${title} {bar} {percentage} % | {phase}`,
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: LINE_INTERVAL_MS,
  });
  bar.start(seconds, 0, { phase: phaseAt(undefined, seconds) });
  try {
    const result = await run((done) =>
      bar.update(Math.min(done, seconds), { phase: phaseAt(done, seconds) }),
    );
    bar.update(seconds, { phase: 'done' });
    return result;
  } finally {
    bar.stop();
  }
}

/** @param done elapsed seconds of load; `undefined` = the load has not started */
export function phaseAt(done: number | undefined, seconds: number): string {
  if (done === undefined) return 'starting servers and instances';
  return done < seconds ? `${seconds - done} s of load left` : 'settling, then final reads';
}
