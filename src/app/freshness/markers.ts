import { type Change, versionAfter, type Write } from '../../domain/change.ts';
import type { Loaded, RecordKey } from '../../domain/records.ts';
import { CacheUnavailable, OutcomeUnknown } from '../../ports/errors.ts';
import type { Meta } from '../../ports/user-store.ts';
import { cacheKey, isCached } from './cached-kinds.ts';
import { encodeMarker, encodeValue, isAtLeastAsNew } from './entry.ts';
import type { FreshnessParts } from './freshness-parts.ts';
import { MARK_ATTEMPTS } from './settings.ts';
import { valueTtl } from './value-ttl.ts';

/** A record about to be changed, with the marker that the cache has acknowledged. */
export interface MarkedKey {
  readonly write: Write;
  readonly key: string;
  readonly marker: string;
  /** When the acknowledged attempt was sent, on `Clock.monotonic`. */
  readonly sentAt: number;
}

/**
 * What a writer does in the cache: marks before it commits, and publishes after. Nobody ever removes a marker except by
 * replacing its own with the value it has just committed.
 */
export class Markers {
  readonly #parts: Omit<FreshnessParts, 'store' | 'breaker'>;

  constructor(parts: Omit<FreshnessParts, 'store' | 'breaker'>) {
    this.#parts = parts;
  }

  /** @throws {CacheUnavailable} Not every record that is about to change is marked; nothing was written. */
  async mark(change: Change): Promise<readonly MarkedKey[]> {
    const meta = await this.#meta();
    return Promise.all(
      change.writes
        .filter(({ key }) => isCached(key))
        .map(async (write) => {
          const key = cacheKey(meta, write.key);
          return { write, key, ...(await this.#putMarker(key)) };
        }),
    );
  }

  async #putMarker(key: string): Promise<{ marker: string; sentAt: number }> {
    const { cache, settings, clock, ids, telemetry } = this.#parts;
    let failure: unknown;
    for (let attempt = 0; attempt < MARK_ATTEMPTS; attempt += 1) {
      const marker = encodeMarker(ids.token());
      const sentAt = clock.monotonic();
      try {
        await cache.put(key, marker, settings.markerTtlMs, sentAt + settings.cacheTimeoutMs);
        telemetry.emit({ type: 'cache_operation', operation: 'put', outcome: 'done' });
        return { marker, sentAt };
      } catch (error) {
        failure = error;
        telemetry.emit({ type: 'cache_operation', operation: 'put', outcome: 'failed', error });
      }
    }
    throw new CacheUnavailable('The cache did not acknowledge that a record is about to change.', {
      cause: failure,
    });
  }

  /** @throws {OutcomeUnknown} The change is made, but some instance may not see it until the markers expire. */
  async publish(marked: readonly MarkedKey[]): Promise<void> {
    await Promise.all(
      marked.map(async (mark) => {
        if (!(await this.#replaceMarker(mark))) await this.#coverAgain(mark.key);
      }),
    );
  }

  /**
   * Covers records that were changed earlier, by somebody who may have died before publishing.
   * @throws {OutcomeUnknown} as `publish`
   */
  async cover(changed: readonly RecordKey[]): Promise<void> {
    const meta = await this.#meta();
    await Promise.all(changed.filter(isCached).map((key) => this.#coverAgain(cacheKey(meta, key))));
  }

  /**
   * Covers what could still be answered as it was before: where the cache holds an older value, or a lease under which one
   * may be filled, left by somebody who has died before publishing. Who is told that there is nothing to change must not
   * see it change back.
   * @throws {CacheUnavailable} Nobody knows what the cache holds, and it does not acknowledge a marker either.
   */
  async coverOlder(loaded: readonly Loaded[]): Promise<void> {
    const meta = await this.#meta();
    await Promise.all(
      loaded
        .filter(({ key }) => isCached(key))
        .map(async (one) => {
          const key = cacheKey(meta, one.key);
          if (!(await this.#isAsNewAs(one.version, key))) await this.#putMarker(key);
        }),
    );
  }

  async #isAsNewAs(version: number, key: string): Promise<boolean> {
    const { cache, settings, clock, telemetry } = this.#parts;
    try {
      return isAtLeastAsNew(version, await cache.get(key, clock.monotonic() + settings.cacheTimeoutMs));
    } catch (error) {
      telemetry.emit({ type: 'cache_operation', operation: 'get', outcome: 'failed', error });
      return false;
    }
  }

  async #coverAgain(key: string): Promise<void> {
    try {
      await this.#putMarker(key);
    } catch (cause) {
      throw new OutcomeUnknown('The change was made, but may not be seen everywhere yet.', { cause });
    }
  }

  /** `true` = acknowledged; otherwise another entry stands there, or nobody knows which. */
  async #replaceMarker({ write, key, marker }: MarkedKey): Promise<boolean> {
    const { cache, settings, clock, ids, telemetry } = this.#parts;
    const value = encodeValue(versionAfter(write), write.record);
    const ttl = valueTtl(write.record !== undefined, settings, ids);
    const deadline = clock.monotonic() + settings.cacheTimeoutMs;
    try {
      const done = await cache.replace(key, marker, value, ttl, deadline);
      const outcome = done ? 'done' : 'refused';
      telemetry.emit({ type: 'cache_operation', operation: 'replace', outcome });
      return done;
    } catch (error) {
      telemetry.emit({ type: 'cache_operation', operation: 'replace', outcome: 'failed', error });
      return false;
    }
  }

  #meta(): Meta | Promise<Meta> {
    return this.#parts.binding.establish(this.#parts.clock.monotonic() + this.#parts.settings.storeTimeoutMs);
  }
}
