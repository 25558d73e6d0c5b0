import { cacheAtomicityRules } from './cache/atomicity.ts';
import type { CacheUnderTest } from './cache/cache-under-test.ts';
import { cacheEntryRules } from './cache/entries.ts';
import { cacheExpiryRules } from './cache/expiry.ts';

export type { CacheUnderTest } from './cache/cache-under-test.ts';

/**
 * What every `Cache` must do, as mocha tests. Each test opens a cache of its own and uses keys of its own,
 * so `open` may answer with an empty cache or with one that is used by others too.
 */
export function cacheContract(open: () => Promise<CacheUnderTest>): void {
  let opened: CacheUnderTest | undefined;

  beforeEach(async () => {
    opened = await open();
  });

  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });

  const current = (): CacheUnderTest => {
    if (opened === undefined) throw new Error('no cache is open: the contract was used outside a test');
    return opened;
  };

  describe('entries', () => cacheEntryRules(current));
  describe('expiry', () => cacheExpiryRules(current));
  describe('races', () => cacheAtomicityRules(current));
}
