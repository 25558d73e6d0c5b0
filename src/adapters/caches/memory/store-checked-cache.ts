import type { Cache, ReachedServer } from '../../../ports/cache.ts';
import type { Deadline } from '../../../ports/clock.ts';
import type { CacheServer } from '../../../ports/epoch.ts';
import { CacheUnavailable, reasonOf } from '../../../ports/errors.ts';
import type { ExternalCommits } from '../../../ports/external-commits.ts';
import type { MemoryCache } from './memory-cache.ts';

/**
 * A memory cache that never returns entries that are stale because another program has changed the store. Before every
 * read, in the same turn of the event loop, it checks whether another program has committed since the entries were set.
 * If so, it invalidates all entries.
 *
 * Writes need no check. A lease or marker that is older than an external commit is invalidated by the next read, before
 * any value that was filled or published under it can be read (docs/adr/0009).
 */
export class StoreCheckedCache implements Cache {
  readonly #cache: MemoryCache;
  readonly #commits: ExternalCommits;
  /** The store's data version when the entries were set; `undefined` = unknown. */
  #dataVersion: number | undefined;

  constructor(cache: MemoryCache, commits: ExternalCommits) {
    this.#cache = cache;
    this.#commits = commits;
    try {
      this.#dataVersion = commits.dataVersion();
    } catch {
      // The first read checks again.
    }
  }

  server(): ReachedServer {
    return this.#cache.server();
  }

  reconnect(): void {
    // There is no connection.
  }

  async get(key: string, on: CacheServer, deadline: Deadline): Promise<string | undefined> {
    this.#check();
    return this.#cache.get(key, on, deadline);
  }

  async getMany(
    keys: readonly string[],
    on: CacheServer,
    deadline: Deadline,
  ): Promise<(string | undefined)[]> {
    this.#check();
    return this.#cache.getMany(keys, on, deadline);
  }

  add(key: string, value: string, ttlMs: number, on: CacheServer, deadline: Deadline): Promise<boolean> {
    return this.#cache.add(key, value, ttlMs, on, deadline);
  }

  replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: Deadline,
  ): Promise<boolean> {
    return this.#cache.replace(key, expected, value, ttlMs, on, deadline);
  }

  put(key: string, value: string, ttlMs: number, on: CacheServer, deadline: Deadline): Promise<void> {
    return this.#cache.put(key, value, ttlMs, on, deadline);
  }

  #check(): void {
    let version: number;
    try {
      version = this.#commits.dataVersion();
    } catch (cause) {
      throw new CacheUnavailable(`cannot check whether the cached records are current: ${reasonOf(cause)}`, {
        cause,
      });
    }
    if (version === this.#dataVersion) return;
    this.#cache.invalidate();
    this.#dataVersion = version;
  }
}
