import { expect } from 'chai';
import { MemoryCache } from '../../../../src/adapters/caches/memory/memory-cache.ts';
import { StoreCheckedCache } from '../../../../src/adapters/caches/memory/store-checked-cache.ts';
import { CacheUnavailable, StoreUnavailable } from '../../../../src/ports/errors.ts';
import { cacheContract } from '../../../contracts/cache-contract.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const NEVER = Number.POSITIVE_INFINITY;

describe('StoreCheckedCache', () => {
  cacheContract(async () => {
    const clock = new ManualClock();
    return {
      cache: new StoreCheckedCache(new MemoryCache({ clock }), { dataVersion: () => 1 }),
      clock,
      pass: (ms) => clock.advance(ms),
      close: async () => {},
    };
  });

  describe('once another program has committed', () => {
    let clock: ManualClock;
    let dataVersion: () => number;
    let cache: StoreCheckedCache;

    beforeEach(async () => {
      clock = new ManualClock();
      dataVersion = () => 1;
      cache = new StoreCheckedCache(new MemoryCache({ clock }), { dataVersion: () => dataVersion() });
      await cache.get('any', NEVER);
      await cache.add('lease', 'a lease', 1000, NEVER);
      await cache.add('value', 'a lease', 1000, NEVER);
      await cache.replace('value', 'a lease', 'a value', 1000, NEVER);
      await cache.put('marker', 'a marker', 1000, NEVER);
      expect(await cache.getMany(['lease', 'value', 'marker'], NEVER)).to.deep.equal([
        'a lease',
        'a value',
        'a marker',
      ]);
      dataVersion = () => 2;
    });

    it('has no value and no lease any more, whichever read notices', async () => {
      expect(await cache.get('value', NEVER)).to.equal(undefined);
      expect(await cache.getMany(['lease', 'value'], NEVER)).to.deep.equal([undefined, undefined]);
      expect(await cache.replace('lease', 'a lease', 'an older value', 1000, NEVER)).to.equal(false);
    });

    it('still holds an entry where there was a marker, for as long as that one had left, which nobody can replace', async () => {
      await clock.advance(600);
      const entry = await cache.get('marker', NEVER);
      expect(entry).to.be.a('string').and.not.equal('a marker');
      expect(await cache.replace('marker', 'a marker', 'a value', 1000, NEVER)).to.equal(false);
      expect(await cache.add('marker', 'another lease', 1000, NEVER)).to.equal(false);
      dataVersion = () => 3;
      expect(await cache.get('marker', NEVER)).to.equal(entry);
      await clock.advance(399);
      expect(await cache.get('marker', NEVER)).to.equal(entry);
      await clock.advance(2);
      expect(await cache.get('marker', NEVER)).to.equal(undefined);
    });

    it('keeps no guard of a change that has been published', async () => {
      await cache.replace('marker', 'a marker', 'the new value', 1000, NEVER);
      expect(await cache.get('marker', NEVER)).to.equal(undefined);
    });

    it('caches again what is read afterwards', async () => {
      await cache.get('value', NEVER);
      await cache.add('value', 'a lease', 1000, NEVER);
      await cache.replace('value', 'a lease', 'the new value', 1000, NEVER);
      expect(await cache.get('value', NEVER)).to.equal('the new value');
    });
  });

  it('answers no read while the store cannot tell, and takes what is put', async () => {
    let isKnown = false;
    const cache = new StoreCheckedCache(new MemoryCache({ clock: new ManualClock() }), {
      dataVersion: () => {
        if (isKnown) return 1;
        throw new StoreUnavailable('locked');
      },
    });
    const failure = (promise: Promise<unknown>) =>
      promise.then(
        () => 'answered',
        (error: unknown) => error,
      );
    expect(await failure(cache.get('key', NEVER))).to.be.instanceOf(CacheUnavailable);
    expect(await failure(cache.getMany(['key'], NEVER))).to.be.instanceOf(CacheUnavailable);
    await cache.put('key', 'a marker', 1000, NEVER);
    isKnown = true;
    expect(await cache.get('key', NEVER)).to.be.a('string');
  });
});
