import type { Clock } from '../../../../src/ports/clock.ts';

/** A clock that advances only by sleeps, which return immediately. */
export class AutoAdvancingClock implements Clock {
  readonly sleeps: number[] = [];
  #elapsed = 0;

  now(): number {
    return this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  async sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    this.#elapsed += ms;
  }
}
