import type { Clock } from '../../src/ports/clock.ts';

/** A sleep as a step of a schedule. A sleep that can be aborted only limits a wait, so it ends only when aborted. */
export function sleepAsStep(step: () => Promise<unknown>): Clock['sleep'] {
  return async (_ms, until) => {
    await (until === undefined ? step() : new Promise(() => {}));
  };
}
