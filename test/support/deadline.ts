import type { Deadline } from '../../src/ports/clock.ts';

/** A deadline on the system clock: after five seconds, unless a test needs another. */
export function deadline(ms = 5_000): Deadline {
  return performance.now() + ms;
}
