import { LRUCache } from 'lru-cache';
import type { Cache } from '../../../ports/cache.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';

/** About 100 MB of accounts; beyond it, what was not asked for longest goes first, which markers never are. */
const MAX_ENTRIES = 200_000;

/** A cache inside the process, for a store that no other process has open. Every operation is one turn of the event loop. */
export class MemoryCache implements Cache {
  readonly #clock: Clock;
  readonly #entries: LRUCache<string, string>;

  constructor({ clock, maxEntries = MAX_ENTRIES }: { clock: Clock; maxEntries?: number }) {
    this.#clock = clock;
    this.#entries = new LRUCache({
      max: maxEntries,
      ttlResolution: 0,
      perf: { now: () => clock.monotonic() },
    });
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
    this.#entries.set(key, value, { ttl: ttlMs });
  }

  #checkDeadline(deadline: Deadline): void {
    if (this.#clock.monotonic() > deadline) throw new CacheUnavailable('The deadline had passed.');
  }
}
