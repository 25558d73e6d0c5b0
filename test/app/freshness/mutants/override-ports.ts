import type { Cache } from '../../../../src/ports/cache.ts';
import type { Store } from '../schedules/stepped-ports.ts';

/** Delegates to a cache, except for the overridden operations. */
export function overrideCache(cache: Cache, overrides: Partial<Cache>): Cache {
  return {
    get: (key, deadline) => cache.get(key, deadline),
    getMany: (keys, deadline) => cache.getMany(keys, deadline),
    add: (key, value, ttl, deadline) => cache.add(key, value, ttl, deadline),
    replace: (key, expected, value, ttl, deadline) => cache.replace(key, expected, value, ttl, deadline),
    put: (key, value, ttl, deadline) => cache.put(key, value, ttl, deadline),
    ...overrides,
  };
}

/** Delegates to a store, except for the overridden operations. */
export function overrideStore(store: Store, overrides: Partial<Store>): Store {
  return {
    readMany: (keys, deadline) => store.readMany(keys, deadline),
    readIdempotencyRecord: (id, now, deadline) => store.readIdempotencyRecord(id, now, deadline),
    commit: (change, deadline) => store.commit(change, deadline),
    ...overrides,
  };
}

export const isMarker = (entry: string): boolean => entry.includes('"m":');
