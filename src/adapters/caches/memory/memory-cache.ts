import { LRUCache } from 'lru-cache';
import type { Cache } from '../../../ports/cache.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';

/** About 100 MB of accounts; beyond it, what was not asked for longest goes first, which markers never are. */
const MAX_ENTRIES = 200_000;

/** Text that no caller has put: by the contract of `Cache`, it counts as an entry that cannot be believed. */
const INVALIDATED = 'invalidated';

/** A cache inside the process, for a store that no other process has open. Every operation is one turn of the event loop. */
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
   * Drops every entry, but for those that were `put`: these guard a change that may be under way. Each is exchanged for
   * one that guards it as long, and that nobody can replace.
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
    if (this.#clock.monotonic() > deadline) throw new CacheUnavailable('The deadline had passed.');
  }
}
