import type { Clock } from '../../src/ports/clock.ts';

/** A clock that only tests advance. Sleeps end in the order of their times. */
export class ManualClock implements Clock {
  #wall = Date.parse('2026-01-01T00:00:00.000Z');
  #monotonic = 1_000;
  #sleepers: { at: number; wake: () => void }[] = [];

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** The number of pending sleeps. */
  get sleepers(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, until?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (until?.aborted) return resolve();
      const wake = () => {
        until?.removeEventListener('abort', wake);
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      };
      const sleeper = { at: this.#monotonic + ms, wake };
      this.#sleepers.push(sleeper);
      until?.addEventListener('abort', wake);
    });
  }

  /** Advances both time scales by `ms`, and ends the sleeps that are due. */
  async advance(ms: number): Promise<void> {
    this.#wall += ms;
    this.#monotonic += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#monotonic).sort((a, b) => a.at - b.at);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#monotonic);
    for (const { wake } of due) {
      wake();
      await new Promise(setImmediate);
    }
  }
}
