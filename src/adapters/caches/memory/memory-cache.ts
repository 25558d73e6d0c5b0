import { LRUCache } from 'lru-cache';
import type { Cache } from '../../../ports/cache.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';

/** About 100 MB of accounts. Beyond that the least recently used entries are evicted, which are never markers. */
const MAX_ENTRIES = 200_000;

/** A value that no caller ever puts. By the contract of `Cache`, callers must not trust such an entry. */
const INVALIDATED = 'invalidated';

/** A cache in this process, for a store that no other process uses. Each operation is atomic: it never yields. */
export class MemoryCache implements Cache {
  readonly #clock: Clock;
  readonly #entries: LRUCache<string, string>;
  /** The keys whose entry was set by `put`. */
  readonly #put = new Set<string>();

  constructor({ clock, maxEntries = MAX_ENTRIES }: { clock: Clock; maxEntries?: number }) {
    this.#clock = clock;
    this.#entries = new LRUCache({
      max: maxEntries,
      ttlResolution: 0,
      perf: { now: () => clock.monotonic() },
      dispose: (_entry, key) => this.#put.delete(key),
    });
  }

  /**
   * Removes all entries except those set by `put`, which may protect a write in progress. Each of these becomes an
   * entry with the same remaining TTL that no caller can replace.
   */
  invalidate(): void {
    const guarded = [...this.#put].map((key) => [key, this.#entries.getRemainingTTL(key)] as const);
    this.#entries.clear();
    for (const [key, ttl] of guarded) {
      if (ttl > 0) this.#guard(key, INVALIDATED, ttl);
    }
  }

  async get(key: string, deadline: Deadline): Promise<string | undefined> {
    this.#checkDeadline(deadline);
    return this.#entries.get(key);
  }

  async getMany(keys: readonly string[], deadline: Deadline): Promise<(string | undefined)[]> {
    this.#checkDeadline(deadline);
    return keys.map((key) => this.#entries.get(key));
  }

  async add(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<boolean> {
    this.#checkDeadline(deadline);
    if (this.#entries.get(key) !== undefined) return false;
    this.#entries.set(key, value, { ttl: ttlMs });
    return true;
  }

  async replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    deadline: Deadline,
  ): Promise<boolean> {
    this.#checkDeadline(deadline);
    if (this.#entries.get(key) !== expected) return false;
    this.#entries.set(key, value, { ttl: ttlMs });
    return true;
  }

  async put(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<void> {
    this.#checkDeadline(deadline);
    this.#guard(key, value, ttlMs);
  }

  #guard(key: string, value: string, ttlMs: number): void {
    this.#entries.set(key, value, { ttl: ttlMs });
    this.#put.add(key);
  }

  #checkDeadline(deadline: Deadline): void {
    if (this.#clock.monotonic() > deadline) throw new CacheUnavailable('the deadline had already passed');
  }
}
