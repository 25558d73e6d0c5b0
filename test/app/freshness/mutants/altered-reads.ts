import { CoalescedLoads } from '../../../../src/app/freshness/coalesced-loads.ts';
import { decode } from '../../../../src/app/freshness/entry.ts';
import type { FreshnessParts as Parts } from '../../../../src/app/freshness/freshness-parts.ts';
import { type Loaded, type LoadedAll, type RecordKey, recordId } from '../../../../src/domain/records.ts';
import { alteredCache, alteredStore } from './altered-ports.ts';

/** Shares whatever load is under way, though it began before the read. */
export class JoiningAny extends CoalescedLoads {
  override begin(): number {
    return 0;
  }
}

/** Fills under leases that it may or may not have. */
export function fillingUnsure(parts: Parts): Parts {
  const { cache } = parts;
  return {
    ...parts,
    cache: alteredCache(cache, { add: (...sent) => cache.add(...sent).catch(() => true) }),
  };
}

/** The same token for every lease of one instance. */
export function sameLeases(parts: Parts): Parts {
  const { cache } = parts;
  const own = '{"f":1,"l":"own"}';
  const sent = (entry: string) => (entry.includes('"l":') ? own : entry);
  return {
    ...parts,
    cache: alteredCache(cache, {
      add: (key, lease, ...rest) => cache.add(key, sent(lease), ...rest),
      replace: (key, expected, ...rest) => cache.replace(key, sent(expected), ...rest),
    }),
  };
}

/** Takes from the cache what a look at the same records has found, and only the rest from the store. For one instance. */
export function mixingCacheAndStore(parts: Parts): Parts {
  const { cache, store } = parts;
  const looks = new Map<string, readonly (string | undefined)[]>();
  return {
    ...parts,
    cache: alteredCache(cache, {
      async getMany(keys, deadline) {
        const entries = await cache.getMany(keys, deadline);
        looks.set(keys.map((key) => key.replace(/^[^:]*:\d+:/, '')).join(), entries);
        return entries;
      },
    }),
    store: alteredStore(store, {
      async readMany<const Keys extends readonly RecordKey[]>(keys: Keys, deadline: number) {
        const loaded = await store.readMany(keys, deadline);
        const look = keys.map(recordId).join();
        const entries = looks.get(look) ?? [];
        looks.delete(look);
        const mixed = loaded.map((one: Loaded, i) => {
          const entry = decode(entries[i] ?? '');
          return entry.type === 'value' ? { ...one, version: entry.version, record: entry.record } : one;
        });
        return mixed as readonly Loaded[] as LoadedAll<Keys>;
      },
    }),
  };
}

/** Reads one record after the other. */
export function readingOneByOne(parts: Parts): Parts {
  const { store } = parts;
  return {
    ...parts,
    store: alteredStore(store, {
      async readMany<const Keys extends readonly RecordKey[]>(keys: Keys, deadline: number) {
        const loaded: Loaded[] = [];
        for (const key of keys) loaded.push(...(await store.readMany([key], deadline)));
        return loaded as readonly Loaded[] as LoadedAll<Keys>;
      },
    }),
  };
}

/** Asks the cache for one entry after the other. */
export function gettingOneByOne(parts: Parts): Parts {
  const { cache } = parts;
  return {
    ...parts,
    cache: alteredCache(cache, {
      async getMany(keys, deadline) {
        const entries: (string | undefined)[] = [];
        for (const key of keys) entries.push(await cache.get(key, deadline));
        return entries;
      },
    }),
  };
}
