import type { Clock } from '../../../../src/ports/clock.ts';

/** Time that passes only while somebody sleeps, and then at once. */
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
