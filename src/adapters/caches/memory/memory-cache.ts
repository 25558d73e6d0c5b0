import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Cache, ReachedServer } from '../../../ports/cache.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import type { CacheServer } from '../../../ports/epoch.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';

/** About 100 MB of accounts. Beyond that the least recently used entries are evicted, which are never markers. */
const MAX_ENTRIES = 200_000;

/** A value that no caller ever puts. By the contract of `Cache`, callers must not trust such an entry. */
const INVALIDATED = 'invalidated';

/** A cache in this process, for a store that no other process uses. Each operation is atomic: it never yields. */
export class MemoryCache implements Cache {
  readonly #server: ReachedServer;
  readonly #clock: Clock;
  readonly #entries: LRUCache<string, string>;
  /** The keys whose entry was set by `put`. */
  readonly #put = new Set<string>();

  /** @param id unlike that of any other cache */
  constructor({
    clock,
    maxEntries = MAX_ENTRIES,
    id = `memory ${randomUUID()}`,
  }: {
    clock: Clock;
    maxEntries?: number;
    id?: CacheServer;
  }) {
    this.#server = { id, connectedAt: clock.monotonic(), succeeds: () => false, legacyScope: '' };
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

  server(): ReachedServer {
    return this.#server;
  }

  reconnect(): void {
    // There is no connection.
  }

  async get(key: string, on: CacheServer, deadline: Deadline): Promise<string | undefined> {
    this.#check(on, deadline);
    return this.#entries.get(key);
  }

  async getMany(
    keys: readonly string[],
    on: CacheServer,
    deadline: Deadline,
  ): Promise<(string | undefined)[]> {
    this.#check(on, deadline);
    return keys.map((key) => this.#entries.get(key));
  }

  async add(
    key: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: Deadline,
  ): Promise<boolean> {
    this.#check(on, deadline);
    if (this.#entries.get(key) !== undefined) return false;
    this.#entries.set(key, value, { ttl: ttlMs });
    return true;
  }

  async replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: Deadline,
  ): Promise<boolean> {
    this.#check(on, deadline);
    if (this.#entries.get(key) !== expected) return false;
    this.#entries.set(key, value, { ttl: ttlMs });
    return true;
  }

  async put(key: string, value: string, ttlMs: number, on: CacheServer, deadline: Deadline): Promise<void> {
    this.#check(on, deadline);
    this.#guard(key, value, ttlMs);
  }

  #guard(key: string, value: string, ttlMs: number): void {
    this.#entries.set(key, value, { ttl: ttlMs });
    this.#put.add(key);
  }

  #check(on: CacheServer, deadline: Deadline): void {
    if (on !== this.#server.id) throw new CacheUnavailable('another cache is in use for this store');
    if (this.#clock.monotonic() > deadline) throw new CacheUnavailable('the deadline had already passed');
  }
}
