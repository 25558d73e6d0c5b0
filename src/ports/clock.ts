/** Time, injected so that tests can control it. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970; may jump. For displayed times and expiry dates. */
  now(): number;
  /** Milliseconds since an arbitrary origin; never goes back. For waits and deadlines. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds of this clock, or when `until` is aborted. Never rejects. */
  sleep(ms: number, until?: AbortSignal): Promise<void>;
}

/** The instant on `Clock.monotonic` by which an operation must have settled, in milliseconds. */
export type Deadline = number;
