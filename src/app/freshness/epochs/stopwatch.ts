import type { Clock } from '../../../ports/clock.ts';

/**
 * Time that has passed, by both clocks of the machine: the monotonic one stands still while some machines are suspended, and
 * the wall clock may be set.
 */
export class Stopwatch {
  readonly #clock: Clock;
  readonly #monotonic: number;
  readonly #wall: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#monotonic = clock.monotonic();
    this.#wall = clock.now();
  }

  /** Milliseconds, the larger of what the two clocks have advanced: for what must not be used for too long. */
  get atMost(): number {
    return Math.max(this.#clock.monotonic() - this.#monotonic, this.#clock.now() - this.#wall);
  }

  /** Milliseconds, the smaller of the two: for what must be waited for. Setting the wall clock back makes it longer. */
  get atLeast(): number {
    return Math.min(this.#clock.monotonic() - this.#monotonic, this.#clock.now() - this.#wall);
  }
}
