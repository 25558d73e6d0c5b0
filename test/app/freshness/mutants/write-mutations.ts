import { MarkOrClose } from '../../../../src/app/freshness/epochs/mark-or-close.ts';
import type { FreshReader } from '../../../../src/app/freshness/fresh-reader.ts';
import { FreshWriter } from '../../../../src/app/freshness/fresh-writer.ts';
import type { FreshnessParts as Parts } from '../../../../src/app/freshness/freshness-parts.ts';
import { Markers } from '../../../../src/app/freshness/markers.ts';
import { serverOf } from '../../../contracts/cache/cache-under-test.ts';
import { isMarker, overrideCache, overrideStore } from './override-ports.ts';

/** Removes its own markers if the commit failed. The port has no delete, so they are replaced by entries that expire at once. */
export function clearOwnMarkers(parts: Parts): Parts {
  const ownMarkers = new Map<string, string>();
  const cache = overrideCache(parts.cache, {
    async put(key, marker, ttl, on, deadline) {
      await parts.cache.put(key, marker, ttl, on, deadline);
      ownMarkers.set(key, marker);
    },
  });
  const store = overrideStore(parts.store, (inner) => ({
    async commit(change, deadline) {
      try {
        await inner.commit(change, deadline);
      } catch (error) {
        const until = parts.clock.monotonic() + parts.settings.cacheTimeoutMs;
        for (const [key, marker] of ownMarkers) {
          await parts.cache.replace(key, marker, 'cleared', 1, serverOf(parts.cache), until).catch(() => {});
        }
        throw error;
      }
    },
  }));
  return { ...parts, cache, store };
}

/** Publishes over any entry, not only over its own marker. */
export function publishUnconditionally(parts: Parts): Parts {
  const { cache } = parts;
  const publishing = overrideCache(cache, {
    async replace(key, expected, value, ttl, on, deadline) {
      if (!isMarker(expected)) return cache.replace(key, expected, value, ttl, on, deadline);
      await cache.put(key, value, ttl, on, deadline);
      return true;
    },
  });
  return { ...parts, cache: publishing };
}

/** Uses the same token for all markers of a call. */
export function reuseMarkerToken(parts: Parts): Parts {
  const token = parts.ids.token();
  const { ids } = parts;
  return {
    ...parts,
    ids: {
      userId: () => ids.userId(),
      organizationId: () => ids.organizationId(),
      fraction: () => ids.fraction(),
      token: () => token,
    },
  };
}

/** If publishing failed, marks again with the token of the earlier marker. */
export function reuseMarkerTokenAfterPublishing(parts: Parts): Parts {
  const { cache } = parts;
  const ownMarkers = new Map<string, string>();
  const reusing = overrideCache(cache, {
    replace(key, marker, ...rest) {
      ownMarkers.set(key, marker);
      return cache.replace(key, marker, ...rest);
    },
    put: (key, marker, ...rest) => cache.put(key, ownMarkers.get(key) ?? marker, ...rest),
  });
  return { ...parts, cache: reusing };
}

/** A cache driver that resends a request without a response. */
export function resendRequests(parts: Parts): Parts {
  const { cache } = parts;
  const withResend = <T>(send: () => Promise<T>) => send().catch(send);
  return {
    ...parts,
    cache: overrideCache(cache, {
      add: (...args) => withResend(() => cache.add(...args)),
      replace: (...args) => withResend(() => cache.replace(...args)),
      put: (...args) => withResend(() => cache.put(...args)),
    }),
  };
}

/** Commits even if a marker was not acknowledged. */
export function commitWithoutMarker(parts: Parts): Parts {
  const { cache } = parts;
  return {
    ...parts,
    cache: overrideCache(cache, { put: (...args) => cache.put(...args).catch(() => {}) }),
  };
}

/** Acknowledges without marking again if publishing failed. */
export function skipMarkAfterPublishing(parts: Parts): Parts {
  const { cache } = parts;
  const published = new Set<string>();
  const skipping = overrideCache(cache, {
    replace(key, ...rest) {
      published.add(key);
      return cache.replace(key, ...rest);
    },
    async put(key, ...rest) {
      if (published.has(key)) published.delete(key);
      else await cache.put(key, ...rest);
    },
  });
  return { ...parts, cache: skipping };
}

/** If publishing failed, marks again, but acknowledges even if that marker is not confirmed. */
export function acknowledgeWithoutMarker(parts: Parts): Parts {
  const { cache } = parts;
  const published = new Set<string>();
  const ignoringFailures = overrideCache(cache, {
    replace(key, ...rest) {
      published.add(key);
      return cache.replace(key, ...rest);
    },
    put: (key, ...rest) =>
      cache.put(key, ...rest).catch((error: unknown) => {
        if (!published.has(key)) throw error;
      }),
  });
  return { ...parts, cache: ignoringFailures };
}

/** Replays a request from its idempotency record without marking the changed records. */
export function replayWithoutMark(parts: Parts): Parts {
  const { cache, store } = parts;
  let isReplayed = false;
  return {
    ...parts,
    store: overrideStore(store, (inner) => ({
      async readIdempotencyRecord(...args) {
        const record = await inner.readIdempotencyRecord(...args);
        isReplayed = record !== undefined;
        return record;
      },
    })),
    cache: overrideCache(cache, {
      put: async (...args) => {
        if (!isReplayed) await cache.put(...args);
      },
    }),
  };
}

/** Gives markers that are put after the commit a much shorter TTL. */
export function shortenMarkersAfterPublishing(parts: Parts): Parts {
  const { cache } = parts;
  const published = new Set<string>();
  const shortening = overrideCache(cache, {
    replace(key, ...rest) {
      published.add(key);
      return cache.replace(key, ...rest);
    },
    put: (key, marker, ttl, on, deadline) =>
      cache.put(key, marker, published.has(key) ? ttl / 12 : ttl, on, deadline),
  });
  return { ...parts, cache: shortening };
}

/** On every other instance, the TTL of markers only covers the instance's own, shorter store timeout. */
export function shortenMarkersOfOddInstances(parts: Parts, instance: number): Parts {
  if (instance % 2 === 0) return parts;
  return { ...parts, settings: { ...parts.settings, markerTtlMs: 10, storeTimeoutMs: 8 } };
}

/** Answers "nothing to change" without invalidating older cache entries. */
export function leaveOlderEntries(parts: Parts, reader: FreshReader): FreshWriter {
  const markers = new Markers(parts);
  markers.invalidateOlder = async () => {};
  return new FreshWriter(parts, reader, markers, new MarkOrClose(parts));
}
