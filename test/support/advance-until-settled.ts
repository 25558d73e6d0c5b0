import type { ManualClock } from './manual-clock.ts';
import { yieldToEventLoop } from './yield-to-event-loop.ts';

const STEP_MS = 5;
const LIMIT_MS = 60_000;

/** Advances the clock in small steps until the promise settles. */
export async function advanceUntilSettled<T>(clock: ManualClock, awaited: Promise<T>): Promise<T> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  awaited.then(settle, settle);
  for (let passed = 0; passed < LIMIT_MS; passed += STEP_MS) {
    await yieldToEventLoop();
    if (isSettled) return awaited;
    await clock.advance(STEP_MS);
  }
  throw new Error(`the promise has not settled after ${LIMIT_MS} ms of the clock`);
}
