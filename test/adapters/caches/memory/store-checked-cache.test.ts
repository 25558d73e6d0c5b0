import { expect } from 'chai';
import { MemoryCache } from '../../../../src/adapters/caches/memory/memory-cache.ts';
import { StoreCheckedCache } from '../../../../src/adapters/caches/memory/store-checked-cache.ts';
import { CacheUnavailable, StoreUnavailable } from '../../../../src/ports/errors.ts';
import { serverOf } from '../../../contracts/cache/cache-under-test.ts';
import { cacheContract } from '../../../contracts/cache-contract.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { rejectionOf } from '../../../support/rejection-of.ts';

const NEVER = Number.POSITIVE_INFINITY;

describe('StoreCheckedCache', () => {
  cacheContract(() => {
    const clock = new ManualClock();
    const cache = new StoreCheckedCache(new MemoryCache({ clock }), { dataVersion: () => 1 });
    return { cache, clock, advance: (ms) => clock.advance(ms) };
  });

  describe('after another program has committed', () => {
    let clock: ManualClock;
    let dataVersion: () => number;
    let cache: StoreCheckedCache;

    beforeEach(async () => {
      clock = new ManualClock();
      dataVersion = () => 1;
      cache = new StoreCheckedCache(new MemoryCache({ clock }), { dataVersion: () => dataVersion() });
      await cache.get('any', serverOf(cache), NEVER);
      await cache.add('lease', 'a lease', 1000, serverOf(cache), NEVER);
      await cache.add('value', 'a lease', 1000, serverOf(cache), NEVER);
      await cache.replace('value', 'a lease', 'a value', 1000, serverOf(cache), NEVER);
      await cache.put('marker', 'a marker', 1000, serverOf(cache), NEVER);
      expect(await cache.getMany(['lease', 'value', 'marker'], serverOf(cache), NEVER)).to.deep.equal([
        'a lease',
        'a value',
        'a marker',
      ]);
      dataVersion = () => 2;
    });

    it('returns no earlier value or lease, in get and in getMany', async () => {
      expect(await cache.get('value', serverOf(cache), NEVER)).to.equal(undefined);
      expect(await cache.getMany(['lease', 'value'], serverOf(cache), NEVER)).to.deep.equal([
        undefined,
        undefined,
      ]);
      expect(
        await cache.replace('lease', 'a lease', 'an older value', 1000, serverOf(cache), NEVER),
      ).to.equal(false);
    });

    it('keeps an entry in place of a marker, with the same remaining TTL, that no caller can replace', async () => {
      await clock.advance(600);
      const entry = await cache.get('marker', serverOf(cache), NEVER);
      expect(entry).to.be.a('string').and.not.equal('a marker');
      expect(await cache.replace('marker', 'a marker', 'a value', 1000, serverOf(cache), NEVER)).to.equal(
        false,
      );
      expect(await cache.add('marker', 'another lease', 1000, serverOf(cache), NEVER)).to.equal(false);
      dataVersion = () => 3;
      expect(await cache.get('marker', serverOf(cache), NEVER)).to.equal(entry);
      await clock.advance(399);
      expect(await cache.get('marker', serverOf(cache), NEVER)).to.equal(entry);
      await clock.advance(2);
      expect(await cache.get('marker', serverOf(cache), NEVER)).to.equal(undefined);
    });

    it('keeps no entry in place of a marker that a published value has replaced', async () => {
      await cache.replace('marker', 'a marker', 'the new value', 1000, serverOf(cache), NEVER);
      expect(await cache.get('marker', serverOf(cache), NEVER)).to.equal(undefined);
    });

    it('caches values that are filled afterwards', async () => {
      await cache.get('value', serverOf(cache), NEVER);
      await cache.add('value', 'a lease', 1000, serverOf(cache), NEVER);
      await cache.replace('value', 'a lease', 'the new value', 1000, serverOf(cache), NEVER);
      expect(await cache.get('value', serverOf(cache), NEVER)).to.equal('the new value');
    });
  });

  it('rejects reads and accepts puts while the store cannot report its data version', async () => {
    let isKnown = false;
    const cache = new StoreCheckedCache(new MemoryCache({ clock: new ManualClock() }), {
      dataVersion: () => {
        if (isKnown) return 1;
        throw new StoreUnavailable('the database is locked');
      },
    });
    for (const read of [
      () => cache.get('key', serverOf(cache), NEVER),
      () => cache.getMany(['key'], serverOf(cache), NEVER),
    ]) {
      const { message } = await rejectionOf(read(), CacheUnavailable);
      expect(message).to.equal('cannot check whether the cached records are current: the database is locked');
    }
    await cache.put('key', 'a marker', 1000, serverOf(cache), NEVER);
    isKnown = true;
    expect(await cache.get('key', serverOf(cache), NEVER)).to.be.a('string');
  });
});
