import { type Change, versionAfter, type Write } from '../../domain/change.ts';
import type { Loaded, RecordKey } from '../../domain/records.ts';
import { CacheUnavailable, OutcomeUnknown } from '../../ports/errors.ts';
import type { Meta } from '../../ports/user-store.ts';
import { encodeMarker, encodeValue, isAtLeastAsNew } from './cache-entry.ts';
import { cacheKey, isCached } from './cache-key.ts';
import type { FreshnessParts } from './freshness-parts.ts';
import { MARK_ATTEMPTS, RENEWALS_PER_TTL } from './freshness-settings.ts';
import { valueTtl } from './value-ttl.ts';

/** A record about to be changed, and the marker that the cache has acknowledged for it. */
export interface MarkedKey {
  readonly write: Write;
  readonly key: string;
  readonly marker: string;
  /** When the acknowledged attempt was sent, on `Clock.monotonic`, in milliseconds. */
  readonly sentAt: number;
}

/**
 * The cache operations of a writer: it marks records before it commits and publishes them afterwards. A marker is only ever
 * removed by the writer that put it, by replacing it with the value that it has just committed.
 */
export class Markers {
  readonly #parts: Omit<FreshnessParts, 'store' | 'breaker'>;

  constructor(parts: Omit<FreshnessParts, 'store' | 'breaker'>) {
    this.#parts = parts;
  }

  /** @throws {CacheUnavailable} some record could not be marked; nothing was written to the store */
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
    throw new CacheUnavailable(
      'The cache did not acknowledge the marker of a record that is about to change.',
      {
        cause: failure,
      },
    );
  }

  /** @throws {OutcomeUnknown} the change is committed, but some instances may not see it until the markers expire */
  async publish(marked: readonly MarkedKey[]): Promise<void> {
    await Promise.all(
      marked.map(async (mark) => {
        if (!(await this.#replaceMarker(mark))) await this.#remark(mark.key);
      }),
    );
  }

  /**
   * Puts a new marker on records changed by an earlier request, whose process may have crashed before publishing.
   * @throws {OutcomeUnknown} as `publish`
   */
  async invalidate(changed: readonly RecordKey[]): Promise<void> {
    const meta = await this.#meta();
    await Promise.all(changed.filter(isCached).map((key) => this.#remark(cacheKey(meta, key))));
  }

  /**
   * Puts a marker on every entry that could still serve an older version: an older value, or a lease under which one may be
   * filled, left by a process that crashed before publishing. After "nothing to change" was acknowledged, no read may
   * return an older state.
   * @throws {CacheUnavailable} the content of the cache is unknown, and it does not acknowledge a marker either
   */
  async invalidateOlder(loaded: readonly Loaded[]): Promise<void> {
    const meta = await this.#meta();
    await Promise.all(
      loaded
        .filter(({ key }) => isCached(key))
        .map(async ({ key: recordKey, version }) => {
          const key = cacheKey(meta, recordKey);
          if (!(await this.#isAtLeastAsNew(version, key))) await this.#putMarker(key);
        }),
    );
  }

  /**
   * Keeps records marked while an abandoned commit may still be applied, and for one TTL after that: the entry may have
   * been evicted meanwhile, and an older value filled. Never rejects.
   */
  async keepMarked(marked: readonly MarkedKey[], settled: Promise<void>): Promise<void> {
    if (marked.length === 0) return;
    const { clock, settings } = this.#parts;
    const over = new AbortController();
    void settled.then(() => over.abort());
    const markAll = () => Promise.allSettled(marked.map(({ key }) => this.#putMarker(key)));
    while (!over.signal.aborted) {
      await markAll();
      await clock.sleep(settings.markerTtlMs / RENEWALS_PER_TTL, over.signal);
    }
    await markAll();
  }

  async #isAtLeastAsNew(version: number, key: string): Promise<boolean> {
    const { cache, settings, clock, telemetry } = this.#parts;
    try {
      return isAtLeastAsNew(version, await cache.get(key, clock.monotonic() + settings.cacheTimeoutMs));
    } catch (error) {
      telemetry.emit({ type: 'cache_operation', operation: 'get', outcome: 'failed', error });
      return false;
    }
  }

  async #remark(key: string): Promise<void> {
    try {
      await this.#putMarker(key);
    } catch (cause) {
      throw new OutcomeUnknown('The change was made, but may not be seen everywhere yet.', { cause });
    }
  }

  /** `true` = acknowledged as replaced; otherwise there is another entry, or the outcome is unknown. */
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
