import { SingleBar } from 'cli-progress';
import type { Progress } from '../../ports/maintenance.ts';

/** Where standard error is no terminal, a line every so often. */
const LINE_EVERY_MS = 5000;

/** Runs a long task under a progress bar on standard error. */
export async function withProgressBar<T>(
  title: string,
  task: (progress: Progress) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({
    format: `${title} {bar} {percentage} % | {value} of {total} | {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
    etaBuffer: 200,
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY_MS,
  });
  try {
    return await task((done, total) => {
      // Nothing can be said of the time that is left yet.
      if (done === 0) return;
      if (!bar.isActive) bar.start(total ?? done + 1, done);
      // Where nobody knows how much there is, the bar is always nearly full.
      bar.setTotal(total ?? done + 1);
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}
