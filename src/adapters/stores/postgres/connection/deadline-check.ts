/** What it came to took too long. */
export const LATE = Symbol('late');

/** Node's timers take no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a promise comes to, or `LATE` where that takes longer than `ms`. */
export function inTime<T>(ms: number, promise: Promise<T>): Promise<T | typeof LATE> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(LATE), Math.min(ms, LONGEST_TIMER_MS));
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
