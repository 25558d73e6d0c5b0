import type { Cache } from '../../../../src/ports/cache.ts';
import type { Store } from '../schedules/stepped-ports.ts';

/** The same cache but for some operations. */
export function alteredCache(behind: Cache, some: Partial<Cache>): Cache {
  return {
    get: (key, deadline) => behind.get(key, deadline),
    getMany: (keys, deadline) => behind.getMany(keys, deadline),
    add: (key, value, ttl, deadline) => behind.add(key, value, ttl, deadline),
    replace: (key, expected, value, ttl, deadline) => behind.replace(key, expected, value, ttl, deadline),
    put: (key, value, ttl, deadline) => behind.put(key, value, ttl, deadline),
    ...some,
  };
}

/** The same store but for some operations. */
export function alteredStore(behind: Store, some: Partial<Store>): Store {
  return {
    readMany: (keys, deadline) => behind.readMany(keys, deadline),
    readIdempotencyRecord: (id, now, deadline) => behind.readIdempotencyRecord(id, now, deadline),
    commit: (change, deadline) => behind.commit(change, deadline),
    ...some,
  };
}

export const isMarker = (entry: string): boolean => entry.includes('"m":');
