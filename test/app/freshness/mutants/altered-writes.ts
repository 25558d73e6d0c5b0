import type { FreshReader } from '../../../../src/app/freshness/fresh-reader.ts';
import { FreshWriter } from '../../../../src/app/freshness/fresh-writer.ts';
import type { FreshnessParts as Parts } from '../../../../src/app/freshness/freshness-parts.ts';
import { Markers } from '../../../../src/app/freshness/markers.ts';
import { alteredCache, alteredStore, isMarker } from './altered-ports.ts';

/** Takes its own markers away when nothing was committed under them. There is no delete: they expire at once. */
export function clearingOwnMarkers(parts: Parts): Parts {
  const standing = new Map<string, string>();
  const cache = alteredCache(parts.cache, {
    async put(key, marker, ttl, deadline) {
      await parts.cache.put(key, marker, ttl, deadline);
      standing.set(key, marker);
    },
  });
  const store = alteredStore(parts.store, {
    async commit(change, deadline) {
      try {
        await parts.store.commit(change, deadline);
      } catch (error) {
        const until = parts.clock.monotonic() + parts.settings.cacheTimeoutMs;
        for (const [key, marker] of standing) {
          await parts.cache.replace(key, marker, 'cleared', 1, until).catch(() => {});
        }
        throw error;
      }
    },
  });
  return { ...parts, cache, store };
}

/** Publishes whatever has come to stand there. */
export function publishingOverAnything(parts: Parts): Parts {
  const { cache } = parts;
  const over = alteredCache(cache, {
    async replace(key, expected, value, ttl, deadline) {
      if (!isMarker(expected)) return cache.replace(key, expected, value, ttl, deadline);
      await cache.put(key, value, ttl, deadline);
      return true;
    },
  });
  return { ...parts, cache: over };
}

/** The same token for all attempts of one call, to mark and to mark again. */
export function sameTokens(parts: Parts): Parts {
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

/** Marks again what could not be published with the token that stood there before. */
export function sameTokensAfterwards(parts: Parts): Parts {
  const { cache } = parts;
  const own = new Map<string, string>();
  const again = alteredCache(cache, {
    replace(key, marker, ...sent) {
      own.set(key, marker);
      return cache.replace(key, marker, ...sent);
    },
    put: (key, marker, ...sent) => cache.put(key, own.get(key) ?? marker, ...sent),
  });
  return { ...parts, cache: again };
}

/** A driver that sends again what it got no answer to. */
export function sendingTwice(parts: Parts): Parts {
  const { cache } = parts;
  const twice = <T>(send: () => Promise<T>) => send().catch(send);
  return {
    ...parts,
    cache: alteredCache(cache, {
      add: (...sent) => twice(() => cache.add(...sent)),
      replace: (...sent) => twice(() => cache.replace(...sent)),
      put: (...sent) => twice(() => cache.put(...sent)),
    }),
  };
}

/** Goes on though a marker was not acknowledged. */
export function committingUnmarked(parts: Parts): Parts {
  const { cache } = parts;
  return {
    ...parts,
    cache: alteredCache(cache, { put: (...sent) => cache.put(...sent).catch(() => {}) }),
  };
}

/** Does not mark again what could not be published, and acknowledges all the same. */
export function notMarkingAgain(parts: Parts): Parts {
  const { cache } = parts;
  const published = new Set<string>();
  const once = alteredCache(cache, {
    replace(key, ...sent) {
      published.add(key);
      return cache.replace(key, ...sent);
    },
    async put(key, ...sent) {
      if (published.has(key)) published.delete(key);
      else await cache.put(key, ...sent);
    },
  });
  return { ...parts, cache: once };
}

/** Marks again what could not be published, and acknowledges whether that stands or not. */
export function acknowledgingAnyway(parts: Parts): Parts {
  const { cache } = parts;
  const published = new Set<string>();
  const anyway = alteredCache(cache, {
    replace(key, ...sent) {
      published.add(key);
      return cache.replace(key, ...sent);
    },
    put: (key, ...sent) =>
      cache.put(key, ...sent).catch((error: unknown) => {
        if (!published.has(key)) throw error;
      }),
  });
  return { ...parts, cache: anyway };
}

/** Answers a repeated request from what is remembered, and covers nothing. */
export function replayingUncovered(parts: Parts): Parts {
  const { cache, store } = parts;
  let isReplayed = false;
  return {
    ...parts,
    store: alteredStore(store, {
      async readIdempotencyRecord(...asked) {
        const found = await store.readIdempotencyRecord(...asked);
        isReplayed = found !== undefined;
        return found;
      },
    }),
    cache: alteredCache(cache, {
      put: async (...sent) => {
        if (!isReplayed) await cache.put(...sent);
      },
    }),
  };
}

/** A marker under which nothing of one's own will be committed any more lasts only a moment. */
export function shorterMarkersAfterwards(parts: Parts): Parts {
  const { cache } = parts;
  const published = new Set<string>();
  const shorter = alteredCache(cache, {
    replace(key, ...sent) {
      published.add(key);
      return cache.replace(key, ...sent);
    },
    put: (key, marker, ttl, deadline) =>
      cache.put(key, marker, published.has(key) ? ttl / 12 : ttl, deadline),
  });
  return { ...parts, cache: shorter };
}

/** Every other instance is quick, and its markers last no longer than its own commits may. */
export function shorterMarkers(parts: Parts, instance: number): Parts {
  if (instance % 2 === 0) return parts;
  return { ...parts, settings: { ...parts.settings, markerTtlMs: 10, storeTimeoutMs: 8 } };
}

/** Answers that there is nothing to change, whatever is left in the cache. */
export function leavingOlder(parts: Parts, reader: FreshReader): FreshWriter {
  const markers = new Markers(parts);
  markers.coverOlder = async () => {};
  return new FreshWriter(parts, reader, markers);
}
