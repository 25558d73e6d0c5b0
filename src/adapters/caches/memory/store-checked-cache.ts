import type { Cache } from '../../../ports/cache.ts';
import type { Deadline } from '../../../ports/clock.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';
import type { ExternalCommits } from '../../../ports/external-commits.ts';
import type { MemoryCache } from './memory-cache.ts';

/**
 * A memory cache that never answers with what another program has changed in the store: every read proves, in the same
 * turn of the event loop, that nobody else has committed since the entries were made, or invalidates them all.
 *
 * Writes need no proof. A lease or a marker that predates a foreign commit is invalidated by the next read, before
 * anything that was filled or published under it is read (docs/adr/0009).
 */
export class StoreCheckedCache implements Cache {
  readonly #cache: MemoryCache;
  readonly #commits: ExternalCommits;
  /** When the entries were made; `undefined` = not known. */
  #dataVersion: number | undefined;

  constructor(cache: MemoryCache, commits: ExternalCommits) {
    this.#cache = cache;
    this.#commits = commits;
    try {
      this.#dataVersion = commits.dataVersion();
    } catch {
      // The first read asks again.
    }
  }

  async get(key: string, deadline: Deadline): Promise<string | undefined> {
    this.#check();
    return this.#cache.get(key, deadline);
  }

  async getMany(keys: readonly string[], deadline: Deadline): Promise<(string | undefined)[]> {
    this.#check();
    return this.#cache.getMany(keys, deadline);
  }

  add(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<boolean> {
    return this.#cache.add(key, value, ttlMs, deadline);
  }

  replace(key: string, expected: string, value: string, ttlMs: number, deadline: Deadline): Promise<boolean> {
    return this.#cache.replace(key, expected, value, ttlMs, deadline);
  }

  put(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<void> {
    return this.#cache.put(key, value, ttlMs, deadline);
  }

  #check(): void {
    let version: number;
    try {
      version = this.#commits.dataVersion();
    } catch (cause) {
      throw new CacheUnavailable('The store cannot tell whether the cached records are current.', { cause });
    }
    if (version === this.#dataVersion) return;
    this.#cache.invalidate();
    this.#dataVersion = version;
  }
}
