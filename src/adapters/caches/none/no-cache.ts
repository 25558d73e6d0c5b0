import type { Cache } from '../../../ports/cache.ts';

/** Not a valid entry of the freshness protocol, so it is treated as a marker. */
const UNREADABLE = 'none';

/**
 * `CACHE=none`: a cache with a marker on every record. Readers therefore always read the store and never fill the cache,
 * and every mark and publication of a writer succeeds immediately. It does not fulfil the port's contract.
 */
export class NoCache implements Cache {
  async get(): Promise<string> {
    return UNREADABLE;
  }

  async getMany(keys: readonly string[]): Promise<string[]> {
    return keys.map(() => UNREADABLE);
  }

  async add(): Promise<boolean> {
    return false;
  }

  async replace(): Promise<boolean> {
    return true;
  }

  async put(): Promise<void> {}
}
