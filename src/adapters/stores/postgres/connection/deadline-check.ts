/** The result of `inTime` when the promise took too long. */
export const LATE = Symbol('late');

/** The maximum delay of a timer in Node. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Settles as the promise does, or resolves to `LATE` after `ms`. */
export function inTime<T>(ms: number, promise: Promise<T>): Promise<T | typeof LATE> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(LATE), Math.min(ms, LONGEST_TIMER_MS));
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
