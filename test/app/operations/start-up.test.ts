import { expect } from 'chai';
import { MemoryCache } from '../../../src/adapters/caches/memory/memory-cache.ts';
import { CacheBindingRefused } from '../../../src/app/freshness/cache-binding.ts';
import { Health } from '../../../src/app/operations/health.ts';
import { StartUp } from '../../../src/app/operations/start-up.ts';
import { OutcomeUnknown, StoreNotProvisioned, StoreUnavailable } from '../../../src/ports/errors.ts';
import { advanceUntilSettled } from '../../support/advance-until-settled.ts';
import { bindCache } from '../../support/bind-cache.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { rejectionOf } from '../../support/rejection-of.ts';
import { ScriptedCache } from '../../support/scripted-cache.ts';
import { ScriptedMetaStore } from '../../support/scripted-meta-store.ts';

const META_OF_ANOTHER_CACHE = { storeId: 'some', generation: 1, cache: 'another' };

describe('StartUp', () => {
  let clock: ManualClock;
  let store: ScriptedMetaStore;
  let cache: ScriptedCache;
  let startUp: StartUp;
  let startedAt: number;

  beforeEach(() => {
    clock = new ManualClock();
    store = new ScriptedMetaStore({ clock });
    cache = new ScriptedCache(new MemoryCache({ clock }));
    const binding = bindCache(store);
    const health = new Health({ cache, binding, clock, settings: SETTINGS });
    startUp = new StartUp({ binding, health, clock, settings: SETTINGS });
    startedAt = clock.monotonic();
  });

  const elapsed = () => clock.monotonic() - startedAt;
  const fail = () => {
    throw new StoreUnavailable('connection refused');
  };
  /** Makes the first reads of the store fail. */
  const failReads = (reads: number) => {
    store.beforeRead = (count) => {
      if (count <= reads) fail();
    };
  };
  /** Makes every read of the store fail at its deadline. */
  const hang = () => {
    store.beforeRead = async (_, deadline) => {
      await clock.sleep(deadline - clock.monotonic());
      fail();
    };
  };

  describe('waitUntilReady', () => {
    const wait = () => advanceUntilSettled(clock, startUp.waitUntilReady());

    it('settles at once if store and cache are available', async () => {
      expect(await wait()).to.deep.equal({ ready: true, store: { status: 'up' }, cache: { status: 'up' } });
      expect(elapsed()).to.equal(0);
    });

    it('settles once an unavailable store recovers', async () => {
      failReads(3);
      expect((await wait()).ready).to.equal(true);
      // The pauses are 20, 40 and 80 milliseconds.
      expect(elapsed()).to.be.within(20 + 40 + 80, 20 + 40 + 80 + 15);
    });

    it('settles once an unavailable cache recovers', async () => {
      cache.script = ({ operation }) =>
        operation === 'get' && cache.calls.length <= 3 ? 'failed' : 'answered';
      expect((await wait()).ready).to.equal(true);
      expect(elapsed()).to.be.within(140, 155);
    });

    it('settles with the reasons if neither recovers within two seconds', async () => {
      store.beforeRead = fail;
      cache.script = () => 'failed';
      expect(await wait()).to.deep.equal({
        ready: false,
        store: { status: 'down', reason: 'connection refused' },
        cache: { status: 'down', reason: 'scripted failure' },
      });
      expect(elapsed()).to.be.within(1000, 2000);
    });

    it('waits for a single deadline of a store that never answers', async () => {
      hang();
      expect((await wait()).ready).to.equal(false);
      expect(elapsed()).to.be.within(SETTINGS.storeTimeoutMs, SETTINGS.storeTimeoutMs + 15);
    });

    it('gives each attempt the deadline of a store operation', async () => {
      failReads(1);
      await wait();
      expect(store.deadlines[0]).to.equal(startedAt + SETTINGS.storeTimeoutMs);
      expect(store.deadlines.at(-1)).to.be.within(
        startedAt + 20 + SETTINGS.storeTimeoutMs,
        startedAt + 35 + SETTINGS.storeTimeoutMs,
      );
    });

    it('fails if the instances on the store use another cache, also after retries', async () => {
      store.meta = META_OF_ANOTHER_CACHE;
      failReads(4);
      expect(await rejectionOf(wait())).to.be.instanceOf(CacheBindingRefused);
      expect(store.deadlines.length).to.be.above(4);
    });

    it('fails if the store was not provisioned', async () => {
      store.beforeRead = () => {
        throw new StoreNotProvisioned('no table');
      };
      expect(await rejectionOf(wait())).to.be.instanceOf(StoreNotProvisioned);
      expect(elapsed()).to.equal(0);
    });

    it('continues if the outcome of writing the meta record is unknown', async () => {
      store.afterReplace = () => {
        store.afterReplace = () => {};
        throw new OutcomeUnknown('the response was lost');
      };
      expect((await wait()).ready).to.equal(true);
    });
  });

  describe('bindInBackground', () => {
    const bind = (isOver = () => false) => advanceUntilSettled(clock, startUp.bindInBackground(isOver));

    it('settles at once if the cache is registered', async () => {
      await bind();
      expect(elapsed()).to.equal(0);
      const reads = store.deadlines.length;
      await bind();
      expect(store.deadlines).to.have.length(reads);
    });

    it('retries with growing pauses of up to a second until the store recovers', async () => {
      failReads(20);
      await bind();
      // 20 attempts: pauses of 20, 40, 80, 160, 320, 640 milliseconds and 14 of a second.
      expect(elapsed()).to.be.within(1260 + 14_000, 1260 + 14_000 + 20 * 5);
    });

    it('retries if the outcome of writing the meta record is unknown', async () => {
      store.afterReplace = () => {
        store.afterReplace = () => {};
        throw new OutcomeUnknown('the response was lost');
      };
      await bind();
      expect(elapsed()).to.be.within(20, 30);
    });

    it('ends when it is told to', async () => {
      store.beforeRead = fail;
      await bind(() => elapsed() > 5000);
      expect(elapsed()).to.be.within(5000, 6100);
    });

    it('fails if the store recovers and its instances use another cache', async () => {
      store.meta = META_OF_ANOTHER_CACHE;
      failReads(5);
      const failure = await rejectionOf(bind());
      expect(failure).to.be.instanceOf(CacheBindingRefused);
      expect((failure as Error).message).to.include('rollcall cache adopt');
      expect(elapsed()).to.be.above(600);
    });

    it('fails if the store recovers and was not provisioned', async () => {
      store.beforeRead = (count) => {
        if (count > 2) throw new StoreNotProvisioned('no table');
        fail();
      };
      expect(await rejectionOf(bind())).to.be.instanceOf(StoreNotProvisioned);
    });
  });
});
