import { decode } from '../../../../src/app/freshness/cache-entry.ts';
import { CoalescedLoads } from '../../../../src/app/freshness/coalesced-loads.ts';
import type { FreshnessParts as Parts } from '../../../../src/app/freshness/freshness-parts.ts';
import { type Loaded, type LoadedAll, type RecordKey, recordId } from '../../../../src/domain/records.ts';
import { overrideCache, overrideStore } from './override-ports.ts';

/** Joins any load that is running, even if it began before the read. */
export class JoinAnyLoad extends CoalescedLoads {
  override begin(): number {
    return 0;
  }
}

/** Treats a lease without a response as won. */
export function fillUnderUncertainLease(parts: Parts): Parts {
  const { cache } = parts;
  return {
    ...parts,
    cache: overrideCache(cache, { add: (...args) => cache.add(...args).catch(() => true) }),
  };
}

/** Uses the same token for every lease of an instance. */
export function reuseLeaseToken(parts: Parts): Parts {
  const { cache } = parts;
  const reusedLease = '{"f":1,"l":"reused"}';
  const withReusedToken = (entry: string) => (entry.includes('"l":') ? reusedLease : entry);
  return {
    ...parts,
    cache: overrideCache(cache, {
      add: (key, lease, ...rest) => cache.add(key, withReusedToken(lease), ...rest),
      replace: (key, expected, ...rest) => cache.replace(key, withReusedToken(expected), ...rest),
    }),
  };
}

/** Combines the values found in the cache with the remaining records from the store. Used per instance. */
export function mixCacheAndStore(parts: Parts): Parts {
  const { cache, store } = parts;
  const lookups = new Map<string, readonly (string | undefined)[]>();
  return {
    ...parts,
    cache: overrideCache(cache, {
      async getMany(keys, on, deadline) {
        const entries = await cache.getMany(keys, on, deadline);
        lookups.set(keys.map((key) => key.replace(/^[^:]*:/, '')).join(), entries);
        return entries;
      },
    }),
    store: overrideStore(store, (inner) => ({
      async readMany<const Keys extends readonly RecordKey[]>(keys: Keys, deadline: number) {
        const loaded = await inner.readMany(keys, deadline);
        const lookup = keys.map(recordId).join();
        const entries = lookups.get(lookup) ?? [];
        lookups.delete(lookup);
        const mixed = loaded.map((one: Loaded, i) => {
          const entry = decode(entries[i] ?? '');
          return entry.type === 'value' ? { ...one, version: entry.version, record: entry.record } : one;
        });
        return mixed as readonly Loaded[] as LoadedAll<Keys>;
      },
    })),
  };
}

/** Reads records from the store one by one, without a snapshot. */
export function readStoreOneByOne(parts: Parts): Parts {
  const { store } = parts;
  return {
    ...parts,
    store: overrideStore(store, (inner) => ({
      async readMany<const Keys extends readonly RecordKey[]>(keys: Keys, deadline: number) {
        const loaded: Loaded[] = [];
        for (const key of keys) loaded.push(...(await inner.readMany([key], deadline)));
        return loaded as readonly Loaded[] as LoadedAll<Keys>;
      },
    })),
  };
}

/** Reads entries from the cache one by one. */
export function getOneByOne(parts: Parts): Parts {
  const { cache } = parts;
  return {
    ...parts,
    cache: overrideCache(cache, {
      async getMany(keys, on, deadline) {
        const entries: (string | undefined)[] = [];
        for (const key of keys) entries.push(await cache.get(key, on, deadline));
        return entries;
      },
    }),
  };
}
