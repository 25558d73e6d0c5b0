import { type Change, versionAfter, type Write } from '../../domain/change.ts';
import type { Loaded, RecordKey } from '../../domain/records.ts';
import type { CacheServer } from '../../ports/epoch.ts';
import { CacheUnavailable } from '../../ports/errors.ts';
import { encodeMarker, encodeValue, isAtLeastAsNew } from './cache-entry.ts';
import { isCached } from './cache-key.ts';
import type { Keyspace } from './epochs/permit.ts';
import type { FreshnessParts } from './freshness-parts.ts';
import { MARK_ATTEMPTS } from './freshness-settings.ts';
import { valueTtl } from './value-ttl.ts';

/** A record about to be changed, and the marker that the cache has acknowledged for it. */
export interface MarkedKey {
  readonly write: Write;
  readonly key: string;
  readonly server: CacheServer;
  readonly marker: string;
  /** When the acknowledged attempt was sent, on `Clock.monotonic`, in milliseconds. */
  readonly sentAt: number;
}

/**
 * The cache operations of a writer: it marks records before it commits and publishes them afterwards. A marker is only ever
 * removed by the writer that put it, by replacing it with the value that it has just committed.
 */
export class Markers {
  readonly #parts: Pick<FreshnessParts, 'cache' | 'settings' | 'clock' | 'ids' | 'telemetry'>;

  constructor(parts: Pick<FreshnessParts, 'cache' | 'settings' | 'clock' | 'ids' | 'telemetry'>) {
    this.#parts = parts;
  }

  /** @throws {CacheUnavailable} some record could not be marked */
  async mark(change: Change, { server, keyOf }: Keyspace): Promise<readonly MarkedKey[]> {
    return Promise.all(
      change.writes
        .filter(({ key }) => isCached(key))
        .map(async (write) => {
          const key = keyOf(write.key);
          return { write, key, server, ...(await this.#putMarker(key, server)) };
        }),
    );
  }

  async #putMarker(key: string, server: CacheServer): Promise<{ marker: string; sentAt: number }> {
    const { cache, settings, clock, ids, telemetry } = this.#parts;
    let failure: unknown;
    for (let attempt = 0; attempt < MARK_ATTEMPTS; attempt += 1) {
      const marker = encodeMarker(ids.token());
      const sentAt = clock.monotonic();
      try {
        await cache.put(key, marker, settings.markerTtlMs, server, sentAt + settings.cacheTimeoutMs);
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

  /** Replaces the markers by the committed values. @returns the records for which that was not acknowledged */
  async publish(marked: readonly MarkedKey[]): Promise<readonly RecordKey[]> {
    const published = await Promise.all(marked.map((mark) => this.#replaceMarker(mark)));
    return marked.filter((_mark, i) => published[i] !== true).map(({ write }) => write.key);
  }

  /** Puts a new marker on records that were changed and not published. @throws {CacheUnavailable} not on all of them */
  async invalidate(changed: readonly RecordKey[], { server, keyOf }: Keyspace): Promise<void> {
    await Promise.all(changed.filter(isCached).map((key) => this.#putMarker(keyOf(key), server)));
  }

  /**
   * Puts a marker on every entry that could still serve an older version: an older value, or a lease under which one may be
   * filled, left by a process that crashed before publishing. After "nothing to change" was acknowledged, no read may
   * return an older state.
   * @param mayBelieve whether hits are permitted now; otherwise every record is marked
   * @throws {CacheUnavailable} the content of the cache is unknown, and it does not acknowledge a marker either
   */
  async invalidateOlder(
    loaded: readonly Loaded[],
    { server, keyOf }: Keyspace,
    mayBelieve: boolean,
  ): Promise<void> {
    await Promise.all(
      loaded
        .filter(({ key }) => isCached(key))
        .map(async ({ key: recordKey, version }) => {
          const key = keyOf(recordKey);
          const isCurrent = mayBelieve && (await this.#isAtLeastAsNew(version, key, server));
          if (!isCurrent) await this.#putMarker(key, server);
        }),
    );
  }

  async #isAtLeastAsNew(version: number, key: string, server: CacheServer): Promise<boolean> {
    const { cache, settings, clock, telemetry } = this.#parts;
    try {
      const text = await cache.get(key, server, clock.monotonic() + settings.cacheTimeoutMs);
      return isAtLeastAsNew(version, text);
    } catch (error) {
      telemetry.emit({ type: 'cache_operation', operation: 'get', outcome: 'failed', error });
      return false;
    }
  }

  /** `true` = acknowledged as replaced; otherwise there is another entry, or the outcome is unknown. */
  async #replaceMarker({ write, key, server, marker }: MarkedKey): Promise<boolean> {
    const { cache, settings, clock, ids, telemetry } = this.#parts;
    const value = encodeValue(versionAfter(write), write.record);
    const ttl = valueTtl(write.record !== undefined, settings, ids);
    const deadline = clock.monotonic() + settings.cacheTimeoutMs;
    try {
      const done = await cache.replace(key, marker, value, ttl, server, deadline);
      const outcome = done ? 'done' : 'refused';
      telemetry.emit({ type: 'cache_operation', operation: 'replace', outcome });
      return done;
    } catch (error) {
      telemetry.emit({ type: 'cache_operation', operation: 'replace', outcome: 'failed', error });
      return false;
    }
  }
}
