import { SingleBar } from 'cli-progress';
import type { Progress } from '../../ports/maintenance.ts';

/** Interval of progress lines where standard error is not a terminal. */
const LINE_INTERVAL_MS = 5000;

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
    notTTYSchedule: LINE_INTERVAL_MS,
  });
  try {
    return await task((done, total) => {
      // The remaining time cannot be estimated yet.
      if (done === 0) return;
      if (!bar.isActive) bar.start(total ?? done + 1, done);
      // With an unknown total, the bar always shows one more to do.
      bar.setTotal(total ?? done + 1);
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}
