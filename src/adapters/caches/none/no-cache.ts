import type { Cache } from '../../../ports/cache.ts';

/** Cannot be read by any format of the freshness protocol, so it counts as a marker. */
const UNREADABLE = 'none';

/**
 * `CACHE=none`: a cache in which somebody is always about to change every record. Readers therefore read the store and
 * fill nothing, and every mark and publication of a writer succeeds at once. It does not keep the port's contract.
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
