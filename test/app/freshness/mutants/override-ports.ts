import type { FreshnessParts, FreshnessStore } from '../../../../src/app/freshness/freshness-parts.ts';
import type { Cache } from '../../../../src/ports/cache.ts';

/** Delegates to a cache, except for the overridden operations. */
export function overrideCache(cache: Cache, overrides: Partial<Cache>): Cache {
  return {
    server: () => cache.server(),
    reconnect: () => cache.reconnect(),
    get: (...args) => cache.get(...args),
    getMany: (...args) => cache.getMany(...args),
    add: (...args) => cache.add(...args),
    replace: (...args) => cache.replace(...args),
    put: (...args) => cache.put(...args),
    ...overrides,
  };
}

/** Delegates to a store, except for the overridden operations. */
export function overrideStore(
  store: FreshnessParts['store'],
  overrides: (inner: FreshnessStore) => Partial<FreshnessStore>,
): FreshnessParts['store'] {
  return {
    on(server) {
      const inner = store.on(server);
      return {
        readMany: (keys, deadline) => inner.readMany(keys, deadline),
        readIdempotencyRecord: (...args) => inner.readIdempotencyRecord(...args),
        commit: (...args) => inner.commit(...args),
        ...overrides(inner),
      };
    },
  };
}

export const isMarker = (entry: string): boolean => entry.includes('"m":');
