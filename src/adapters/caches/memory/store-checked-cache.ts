import type { Cache } from '../../../ports/cache.ts';
import type { Deadline } from '../../../ports/clock.ts';
import { CacheUnavailable, reasonOf } from '../../../ports/errors.ts';
import type { ExternalCommits } from '../../../ports/external-commits.ts';
import { CoalescedCheck } from './coalesced-check.ts';
import type { MemoryCache } from './memory-cache.ts';

/**
 * A memory cache that never returns entries that are stale because another program has changed the store. After every
 * read and before it returns, it checks whether another program has committed since the entries were set. If so, it
 * invalidates all entries and reads again.
 *
 * Writes need no check. A lease or marker that is older than an external commit is invalidated by the next read, before
 * any value that was filled or published under it is returned (docs/adr/0009).
 */
export class StoreCheckedCache implements Cache {
  readonly #cache: MemoryCache;
  readonly #commits: ExternalCommits;
  /** Whether the entries that were read before are valid. */
  readonly #validation: CoalescedCheck<boolean>;
  /** The store's data version when the entries were set; `undefined` = unknown. */
  #dataVersion: number | undefined;

  constructor(cache: MemoryCache, commits: ExternalCommits, endOfTurn?: () => Promise<void>) {
    this.#cache = cache;
    this.#commits = commits;
    this.#validation = new CoalescedCheck(() => this.#validate(), endOfTurn);
    try {
      this.#dataVersion = commits.dataVersion();
    } catch {
      // The first read checks again.
    }
  }

  async get(key: string, deadline: Deadline): Promise<string | undefined> {
    const entry = await this.#cache.get(key, deadline);
    return (await this.#validation.run()) ? entry : this.#cache.get(key, deadline);
  }

  async getMany(keys: readonly string[], deadline: Deadline): Promise<(string | undefined)[]> {
    const entries = await this.#cache.getMany(keys, deadline);
    return (await this.#validation.run()) ? entries : this.#cache.getMany(keys, deadline);
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

  /** @returns `false` = all entries were invalidated */
  #validate(): boolean {
    let version: number;
    try {
      version = this.#commits.dataVersion();
    } catch (cause) {
      throw new CacheUnavailable(`cannot check whether the cached records are current: ${reasonOf(cause)}`, {
        cause,
      });
    }
    if (version === this.#dataVersion) return true;
    this.#cache.invalidate();
    this.#dataVersion = version;
    return false;
  }
}
