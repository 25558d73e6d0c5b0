import type { Clock } from '../../ports/clock.ts';
import { OutcomeUnknown, StoreNotProvisioned, StoreUnavailable } from '../../ports/errors.ts';
import type { CacheBinding } from '../freshness/cache-binding.ts';
import type { FreshnessSettings } from '../freshness/freshness-settings.ts';
import type { Health, Readiness } from './health.ts';

/** An instance that is not ready after this long says so and serves all the same. */
const WAIT_MS = 2000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

/**
 * Brings an instance from started to ready. What it needs may be away, now or later: it serves, is not ready, and heals.
 * What no waiting mends is refused: a cache that is not the one of the store, a store that was never set up.
 */
export class StartUp {
  readonly #binding: CacheBinding;
  readonly #health: Health;
  readonly #clock: Clock;
  readonly #settings: FreshnessSettings;

  constructor(parts: { binding: CacheBinding; health: Health; clock: Clock; settings: FreshnessSettings }) {
    this.#binding = parts.binding;
    this.#health = parts.health;
    this.#clock = parts.clock;
    this.#settings = parts.settings;
  }

  /** Settles once the instance is ready, or has waited long enough. @throws {CacheBindingRefused | StoreNotProvisioned} */
  async waitUntilReady(): Promise<Readiness> {
    const until = this.#clock.monotonic() + WAIT_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
      // At once: both wait for the same attempt to pair, so that a dead store takes one deadline, not two.
      const [, readiness] = await Promise.all([this.#pair(), this.#health.check()]);
      if (readiness.ready || this.#clock.monotonic() + pause > until) return readiness;
      await this.#clock.sleep(pause);
    }
  }

  /**
   * Tries to pair store and cache until that is settled.
   * @param isOver asked before each attempt
   * @throws {CacheBindingRefused | StoreNotProvisioned}
   */
  async bindInBackground(isOver: () => boolean): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !isOver() && !(await this.#pair()); ) {
      await this.#clock.sleep(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }

  /** `false` = the store cannot be reached now, or did not say whether it took the meta record: that is looked at again. */
  async #pair(): Promise<boolean> {
    try {
      await this.#binding.establish(this.#clock.monotonic() + this.#settings.storeTimeoutMs);
      return true;
    } catch (error) {
      if (error instanceof StoreNotProvisioned) throw error;
      if (error instanceof StoreUnavailable || error instanceof OutcomeUnknown) return false;
      throw error;
    }
  }
}
