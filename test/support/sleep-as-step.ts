import type { Clock } from '../../src/ports/clock.ts';

/** Sleeping as a step of a schedule. A sleep that may be cut short only bounds a wait: it is never over. */
export function sleepAsStep(step: () => Promise<unknown>): Clock['sleep'] {
  return async (_ms, until) => {
    await (until === undefined ? step() : new Promise(() => {}));
  };
}
