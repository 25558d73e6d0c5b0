import { expect } from 'chai';
import { MemoryCache } from '../../../../src/adapters/caches/memory/memory-cache.ts';
import { StoreCheckedCache } from '../../../../src/adapters/caches/memory/store-checked-cache.ts';
import { CacheUnavailable, StoreUnavailable } from '../../../../src/ports/errors.ts';
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

    it('returns no earlier value or lease, in get and in getMany', async () => {
      expect(await cache.get('value', NEVER)).to.equal(undefined);
      expect(await cache.getMany(['lease', 'value'], NEVER)).to.deep.equal([undefined, undefined]);
      expect(await cache.replace('lease', 'a lease', 'an older value', 1000, NEVER)).to.equal(false);
    });

    it('keeps an entry in place of a marker, with the same remaining TTL, that no caller can replace', async () => {
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

    it('keeps no entry in place of a marker that a published value has replaced', async () => {
      await cache.replace('marker', 'a marker', 'the new value', 1000, NEVER);
      expect(await cache.get('marker', NEVER)).to.equal(undefined);
    });

    it('caches values that are filled afterwards', async () => {
      await cache.get('value', NEVER);
      await cache.add('value', 'a lease', 1000, NEVER);
      await cache.replace('value', 'a lease', 'the new value', 1000, NEVER);
      expect(await cache.get('value', NEVER)).to.equal('the new value');
    });
  });

  describe('checks', () => {
    let version: number;
    let checks: number;
    let cache: StoreCheckedCache;

    beforeEach(() => {
      version = 1;
      checks = 0;
      const dataVersion = () => {
        checks += 1;
        return version;
      };
      cache = new StoreCheckedCache(new MemoryCache({ clock: new ManualClock() }), { dataVersion });
    });

    async function fill(value: string): Promise<void> {
      await cache.add('key', 'a lease', 1000, NEVER);
      await cache.replace('key', 'a lease', value, 1000, NEVER);
    }

    it('concurrent reads once, after all of them', async () => {
      await fill('a value');
      checks = 0;
      const reads = Array.from({ length: 10 }, () => cache.get('key', NEVER));
      version = 2;
      expect(await Promise.all(reads)).to.deep.equal(Array(10).fill(undefined));
      expect(checks).to.equal(1);
    });

    it('each of several reads that follow one another', async () => {
      for (let turn = 0; turn < 200; turn += 1) {
        await fill(`value ${turn}`);
        checks = 0;
        expect(await cache.get('key', NEVER)).to.equal(`value ${turn}`);
        expect(checks).to.equal(1);
        version += 1;
        expect(await cache.get('key', NEVER)).to.equal(undefined);
      }
    });

    it('concurrent reads together soon after reads have become concurrent', async () => {
      for (let turn = 0; turn < 100; turn += 1) await cache.get('key', NEVER);
      checks = 0;
      for (let turn = 0; turn < 100; turn += 1) {
        await Promise.all(Array.from({ length: 10 }, () => cache.get('key', NEVER)));
      }
      expect(checks).to.be.lessThan(200);
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
    for (const read of [() => cache.get('key', NEVER), () => cache.getMany(['key'], NEVER)]) {
      const { message } = await rejectionOf(read(), CacheUnavailable);
      expect(message).to.equal('cannot check whether the cached records are current: the database is locked');
    }
    await cache.put('key', 'a marker', 1000, NEVER);
    isKnown = true;
    expect(await cache.get('key', NEVER)).to.be.a('string');
  });
});
