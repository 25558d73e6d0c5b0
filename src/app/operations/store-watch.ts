import type { Clock } from '../../ports/clock.ts';
import type { MetaStore } from '../../ports/user-store.ts';
import type { CacheBinding } from '../freshness/cache-binding.ts';
import type { FreshnessSettings } from '../freshness/freshness-settings.ts';

const INTERVAL_MS = 2500;

interface StoreWatchParts {
  readonly store: Pick<MetaStore, 'currentServer'>;
  readonly binding: CacheBinding;
  readonly clock: Clock;
  readonly settings: Pick<FreshnessSettings, 'storeTimeoutMs'>;
}

/**
 * Reads the meta record regularly, if the store can fail over to another server. An instance that answers from the cache
 * alone would otherwise not notice a failover, and would serve entries that were invalidated.
 */
export class StoreWatch {
  readonly #parts: StoreWatchParts;

  constructor(parts: StoreWatchParts) {
    this.#parts = parts;
  }

  /** Runs until `stop` is aborted. */
  async run(stop: AbortSignal): Promise<void> {
    const { store, binding, clock, settings } = this.#parts;
    for (;;) {
      await clock.sleep(INTERVAL_MS, stop);
      if (stop.aborted) return;
      if (store.currentServer === undefined) continue;
      // Readiness reports what fails here.
      await binding.verify(clock.monotonic() + settings.storeTimeoutMs).catch(() => {});
    }
  }
}
