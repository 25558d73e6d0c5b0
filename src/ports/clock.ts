/** Time, so that tests can hold it. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970; may jump. For what people read and for expiry dates. */
  now(): number;
  /** Milliseconds on a scale of its own that never goes back. For waits and deadlines. */
  monotonic(): number;
  /** Settles after `ms` milliseconds of this clock, or when `until` is aborted. Never rejects. */
  sleep(ms: number, until?: AbortSignal): Promise<void>;
}

/** The instant on `Clock.monotonic` by which an operation must have answered, in milliseconds. */
export type Deadline = number;
