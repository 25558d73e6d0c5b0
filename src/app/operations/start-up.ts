import type { Clock } from '../../ports/clock.ts';
import { OutcomeUnknown, StoreNotProvisioned, StoreUnavailable } from '../../ports/errors.ts';
import type { EpochKeeper } from '../freshness/epochs/epoch-keeper.ts';
import type { Health, Readiness } from './health.ts';

/** An instance that is not ready after this long reports that and serves nevertheless. */
const WAIT_MS = 2000;
const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 1000;

/**
 * Brings an instance from started to ready. The store or the cache may be unavailable, now or later: the instance serves,
 * is not ready, and recovers. What retrying cannot repair is refused: a cache that does not fit the store, a store that was
 * never set up.
 */
export class StartUp {
  readonly #keeper: EpochKeeper;
  readonly #health: Health;
  readonly #clock: Clock;
  #isStarted = false;
  #starting: Promise<boolean> | undefined;

  constructor(parts: { keeper: EpochKeeper; health: Health; clock: Clock }) {
    this.#keeper = parts.keeper;
    this.#health = parts.health;
    this.#clock = parts.clock;
  }

  /** Settles once the instance is ready, or has waited long enough. @throws {EpochRefused | StoreNotProvisioned} */
  async waitUntilReady(): Promise<Readiness> {
    const until = this.#clock.monotonic() + WAIT_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
      // In parallel, so that a store that does not answer takes one deadline.
      const [, readiness] = await Promise.all([this.#start(), this.#health.check()]);
      if (readiness.ready || this.#clock.monotonic() + pause > until) return readiness;
      await this.#clock.sleep(pause);
    }
  }

  /**
   * Tries to begin to use the store until that succeeds.
   * @param isOver asked before each attempt
   * @throws {EpochRefused | StoreNotProvisioned}
   */
  async startInBackground(isOver: () => boolean): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !isOver() && !(await this.#start()); ) {
      await this.#clock.sleep(pause);
      pause = Math.min(2 * pause, MAX_PAUSE_MS);
    }
  }

  /** `false` = the store is unavailable now, or did not answer whether it took the record: it is tried again. */
  #start(): Promise<boolean> | boolean {
    if (this.#isStarted) return true;
    this.#starting ??= this.#attempt().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #attempt(): Promise<boolean> {
    try {
      await this.#keeper.start();
      this.#isStarted = true;
      return true;
    } catch (error) {
      if (error instanceof StoreNotProvisioned) throw error;
      if (error instanceof StoreUnavailable || error instanceof OutcomeUnknown) return false;
      throw error;
    }
  }
}
