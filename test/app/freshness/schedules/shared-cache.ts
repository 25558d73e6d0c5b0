import { MemoryCache } from '../../../../src/adapters/caches/memory/memory-cache.ts';
import { decode, encodeValue } from '../../../../src/app/freshness/cache-entry.ts';
import { type Loaded, type RecordKey, recordId } from '../../../../src/domain/records.ts';
import { serverOf } from '../../../contracts/cache/cache-under-test.ts';
import type { ManualClock } from '../../../support/manual-clock.ts';
import { openKey } from '../../../support/open-epoch.ts';
import type { CommitLog, Revision } from './commit-log.ts';
import { KEYS } from './fixtures.ts';

const NEVER = Number.POSITIVE_INFINITY;
const ABSENT_SUFFIX = '"r":null}';

/** A value in the cache that differs from the store: a read would return it now. */
export interface Divergence {
  readonly key: RecordKey;
  readonly cached: string;
  readonly stored: string;
  readonly revision: Revision;
}

/** The cache of a simulation, with access for the test harness. */
export class SharedCache {
  readonly inner: MemoryCache;
  readonly #clock: ManualClock;
  readonly #log: CommitLog;

  constructor(clock: ManualClock, log: CommitLog) {
    this.inner = new MemoryCache({ clock, maxEntries: 50, id: 'simulated' });
    this.#clock = clock;
    this.#log = log;
  }

  /** Fills the cache from the store. */
  async warmUp(ttlMs: number): Promise<void> {
    for (const key of KEYS)
      await this.inner.put(this.#cacheKey(key), this.#stored(key), ttlMs, serverOf(this.inner), NEVER);
  }

  /** The entries that differ from the store. */
  async divergences(): Promise<readonly Divergence[]> {
    const found: Divergence[] = [];
    for (const key of KEYS) {
      const cached = await this.#entry(key);
      const stored = this.#stored(key);
      if (cached === undefined || isSameEntry(cached, stored)) continue;
      found.push({ key, cached, stored, revision: this.#log.latest });
    }
    return found;
  }

  /** Evicts a value or a lease; a marker first if markers may be evicted. @returns the key of the evicted entry */
  async evictOne(which: number, evictsMarkers: boolean): Promise<RecordKey | undefined> {
    const markers: RecordKey[] = [];
    const others: RecordKey[] = [];
    for (const key of KEYS) {
      const entry = await this.#entry(key);
      if (entry !== undefined) (decode(entry).type === 'marker' ? markers : others).push(key);
    }
    const among = evictsMarkers && markers.length > 0 ? markers : others;
    const key = among[which % among.length];
    if (key !== undefined) await this.evict(this.#cacheKey(key));
    return key;
  }

  /** The port has no delete, so the entry is replaced by one that expires at once. */
  async evict(cacheKey: string): Promise<void> {
    await this.inner.put(cacheKey, 'evicted', 0.5, serverOf(this.inner), NEVER);
    await this.#clock.advance(1);
  }

  #entry(key: RecordKey): Promise<string | undefined> {
    return this.inner.get(this.#cacheKey(key), serverOf(this.inner), NEVER);
  }

  #stored(key: RecordKey): string {
    return entryOf(this.#log.at(this.#log.latest, key));
  }

  #cacheKey(key: RecordKey): string {
    return openKey(recordId(key));
  }
}

export function isValue(entry: string): boolean {
  return decode(entry).type === 'value';
}

/** The cache entry for a record. */
export function entryOf({ version, record }: Loaded): string {
  return encodeValue(version, record);
}

/** All absent entries are equal, regardless of the version of the tombstone. */
export function isSameEntry(one: string, other: string): boolean {
  return one === other || (one.endsWith(ABSENT_SUFFIX) && other.endsWith(ABSENT_SUFFIX));
}
