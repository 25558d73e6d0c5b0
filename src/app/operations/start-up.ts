import type { Clock } from '../../ports/clock.ts';
import { OutcomeUnknown, StoreNotProvisioned, StoreUnavailable } from '../../ports/errors.ts';
import type { CacheBinding } from '../freshness/cache-binding.ts';
import type { FreshnessSettings } from '../freshness/freshness-settings.ts';
import type { Health, Readiness } from './health.ts';

/** After this time an instance serves even if it is not ready. */
const MAX_WAIT_MS = 2000;
const INITIAL_DELAY_MS = 20;
const MAX_DELAY_MS = 1000;

/**
 * Starts an instance. While the store or the cache is unavailable, the instance serves, is not ready, and recovers on its
 * own. It is refused if waiting cannot help: the cache is not the registered one, or the store was never provisioned.
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

  /** Resolves when the instance is ready, or after `MAX_WAIT_MS`. @throws {CacheBindingRefused | StoreNotProvisioned} */
  async waitUntilReady(): Promise<Readiness> {
    const deadline = this.#clock.monotonic() + MAX_WAIT_MS;
    for (let delay = INITIAL_DELAY_MS; ; delay *= 2) {
      // Concurrently: both wait for the same attempt to bind, so that an unavailable store takes one timeout, not two.
      const [, readiness] = await Promise.all([this.#bind(), this.#health.check()]);
      if (readiness.ready || this.#clock.monotonic() + delay > deadline) return readiness;
      await this.#clock.sleep(delay);
    }
  }

  /**
   * Retries until the cache is bound to the store.
   * @param isOver checked before each attempt
   * @throws {CacheBindingRefused | StoreNotProvisioned}
   */
  async bindInBackground(isOver: () => boolean): Promise<void> {
    for (let delay = INITIAL_DELAY_MS; !isOver() && !(await this.#bind()); ) {
      await this.#clock.sleep(delay);
      delay = Math.min(2 * delay, MAX_DELAY_MS);
    }
  }

  /** `false` = the store is unavailable, or the outcome of writing the meta record is unknown; both are retried. */
  async #bind(): Promise<boolean> {
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
