import { SingleBar } from 'cli-progress';
import type { Progress } from '../../src/ports/maintenance.ts';

/** Where standard error is no terminal, a line every so often. */
const LINE_EVERY_MS = 5000;

/** Shows on standard error how far a side is, from its start to its end. @param seconds of load */
export async function withSideProgress<T>(
  title: string,
  seconds: number,
  side: (progress: Progress) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({
    format: `${title} {bar} {percentage} % | {phase}`,
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY_MS,
  });
  bar.start(seconds, 0, { phase: phaseAt(undefined, seconds) });
  try {
    const result = await side((done) =>
      bar.update(Math.min(done, seconds), { phase: phaseAt(done, seconds) }),
    );
    bar.update(seconds, { phase: 'over' });
    return result;
  } finally {
    bar.stop();
  }
}

/** @param done seconds of load; `undefined` = it has not begun. Its length is set, so what is left is known, not guessed */
export function phaseAt(done: number | undefined, seconds: number): string {
  if (done === undefined) return 'starting servers and instances';
  return done < seconds ? `${seconds - done} s of load left` : 'settling, then the last looks';
}
