import type { Cache } from '../../src/ports/cache.ts';
import { CacheUnavailable } from '../../src/ports/errors.ts';
import type { ManualClock } from './manual-clock.ts';

/** A cache that does not answer while it hangs: every operation is given up at its deadline. */
export class HangingCache implements Cache {
  hangs = true;
  /** How many operations nobody has answered or given up. */
  pending = 0;
  asked = 0;
  readonly #behind: Cache;
  readonly #clock: ManualClock;

  constructor(behind: Cache, clock: ManualClock) {
    this.#behind = behind;
    this.#clock = clock;
  }

  get(key: string, deadline: number): Promise<string | undefined> {
    return this.#run(deadline, () => this.#behind.get(key, deadline));
  }

  getMany(keys: readonly string[], deadline: number): Promise<(string | undefined)[]> {
    return this.#run(deadline, () => this.#behind.getMany(keys, deadline));
  }

  add(key: string, value: string, ttlMs: number, deadline: number): Promise<boolean> {
    return this.#run(deadline, () => this.#behind.add(key, value, ttlMs, deadline));
  }

  replace(key: string, expected: string, value: string, ttlMs: number, deadline: number): Promise<boolean> {
    return this.#run(deadline, () => this.#behind.replace(key, expected, value, ttlMs, deadline));
  }

  put(key: string, value: string, ttlMs: number, deadline: number): Promise<void> {
    return this.#run(deadline, () => this.#behind.put(key, value, ttlMs, deadline));
  }

  async #run<T>(deadline: number, apply: () => Promise<T>): Promise<T> {
    this.asked += 1;
    if (!this.hangs) return apply();
    this.pending += 1;
    await this.#clock.sleep(deadline - this.#clock.monotonic());
    this.pending -= 1;
    throw new CacheUnavailable('It hangs.');
  }
}
