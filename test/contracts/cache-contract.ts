import { cacheAtomicityRules } from './cache/atomicity.ts';
import type { CacheUnderTest } from './cache/cache-under-test.ts';
import { cacheEntryRules } from './cache/entries.ts';
import { cacheExpiryRules } from './cache/expiry.ts';

/**
 * The contract of the `Cache` port as mocha tests. `open` is called before each test. It may return an empty cache or a
 * shared one, because each test uses its own keys.
 */
export function cacheContract(open: () => CacheUnderTest | Promise<CacheUnderTest>): void {
  let opened: CacheUnderTest | undefined;

  beforeEach(async () => {
    opened = await open();
  });

  const current = (): CacheUnderTest => {
    if (opened === undefined) throw new Error('no cache is open: the contract was used outside a test');
    return opened;
  };

  describe('entries', () => cacheEntryRules(current));
  describe('expiry', () => cacheExpiryRules(current));
  describe('atomicity', () => cacheAtomicityRules(current));
}
