import { MemoryCache } from '../../../../src/adapters/caches/memory/memory-cache.ts';
import { cacheKey } from '../../../../src/app/freshness/cached-kinds.ts';
import { decode, encodeValue } from '../../../../src/app/freshness/entry.ts';
import type { Loaded, RecordKey } from '../../../../src/domain/records.ts';
import type { Meta } from '../../../../src/ports/user-store.ts';
import type { ManualClock } from '../../../support/manual-clock.ts';
import type { CommitLog, Instant } from './commit-log.ts';
import { KEYS } from './fixtures.ts';

const NEVER = Number.POSITIVE_INFINITY;
const NOTHING = '"r":null}';

/** A value in the cache that is not what the store holds: a reader that came now would be told it. */
export interface Sighting {
  readonly key: RecordKey;
  readonly cached: string;
  readonly stored: string;
  readonly instant: Instant;
}

/** The cache of a world, as somebody sees it who stands outside. */
export class SharedCache {
  readonly behind: MemoryCache;
  readonly #clock: ManualClock;
  readonly #meta: Meta;
  readonly #log: CommitLog;

  constructor(clock: ManualClock, meta: Meta, log: CommitLog) {
    this.behind = new MemoryCache({ clock, maxEntries: 50 });
    this.#clock = clock;
    this.#meta = meta;
    this.#log = log;
  }

  /** Puts in what the store holds. */
  async warmUp(ttlMs: number): Promise<void> {
    for (const key of KEYS) await this.behind.put(this.#at(key), this.#stored(key), ttlMs, NEVER);
  }

  /** What the cache holds, and the store does not. */
  async differences(): Promise<readonly Sighting[]> {
    const found: Sighting[] = [];
    for (const key of KEYS) {
      const cached = await this.#entry(key);
      const stored = this.#stored(key);
      if (cached === undefined || isSameEntry(cached, stored)) continue;
      found.push({ key, cached, stored, instant: this.#log.now });
    }
    return found;
  }

  /** Throws one entry out: a value or a lease; where markers may be evicted, a marker first. @returns of which record */
  async forgetOne(which: number, evictsMarkers: boolean): Promise<RecordKey | undefined> {
    const markers: RecordKey[] = [];
    const others: RecordKey[] = [];
    for (const key of KEYS) {
      const entry = await this.#entry(key);
      if (entry !== undefined) (decode(entry).type === 'marker' ? markers : others).push(key);
    }
    const among = evictsMarkers && markers.length > 0 ? markers : others;
    const key = among[which % among.length];
    if (key !== undefined) await this.forget(this.#at(key));
    return key;
  }

  /** There is no delete. */
  async forget(at: string): Promise<void> {
    await this.behind.put(at, 'forgotten', 0.5, NEVER);
    await this.#clock.advance(1);
  }

  #entry(key: RecordKey): Promise<string | undefined> {
    return this.behind.get(this.#at(key), NEVER);
  }

  #stored(key: RecordKey): string {
    return asEntry(this.#log.at(this.#log.now, key));
  }

  #at(key: RecordKey): string {
    return cacheKey(this.#meta, key);
  }
}

export function isValue(entry: string): boolean {
  return decode(entry).type === 'value';
}

/** What the cache should hold of a record. */
export function asEntry({ version, record }: Loaded): string {
  return encodeValue(version, record);
}

/** That there is nothing is the same whatever is remembered of what there was. */
export function isSameEntry(one: string, other: string): boolean {
  return one === other || (one.endsWith(NOTHING) && other.endsWith(NOTHING));
}
