import { expect } from 'chai';
import { MemoryCache } from '../../../src/adapters/caches/memory/memory-cache.ts';
import { UuidIds } from '../../../src/adapters/system/uuid-ids.ts';
import { EpochKeeper } from '../../../src/app/freshness/epochs/epoch-keeper.ts';
import { EpochRefused } from '../../../src/app/freshness/epochs/epoch-refused.ts';
import { Health } from '../../../src/app/operations/health.ts';
import { StartUp } from '../../../src/app/operations/start-up.ts';
import { OutcomeUnknown, StoreNotProvisioned, StoreUnavailable } from '../../../src/ports/errors.ts';
import type { Meta } from '../../../src/ports/meta-store.ts';
import { advanceUntilSettled } from '../../support/advance-until-settled.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { rejectionOf } from '../../support/rejection-of.ts';
import { ScriptedCache } from '../../support/scripted-cache.ts';
import { ScriptedMetaStore } from '../../support/scripted-meta-store.ts';

/** Written by a later version that this one does not know. */
const META_OF_LATER_VERSION = {
  storeId: 'some',
  generation: 1,
  cache: 'test',
  epoch: { protocol: 2 },
} as unknown as Meta;

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
    const identity = { description: 'test', isPrivate: false, isAbsent: false };
    const parts = { store, cache, identity, clock, settings: SETTINGS };
    const keeper = new EpochKeeper({ ...parts, ids: new UuidIds(), telemetry: { emit: () => {} } });
    startUp = new StartUp({ keeper, health: new Health({ ...parts, keeper }), clock });
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
      expect(await wait()).to.deep.include({ ready: true, store: { status: 'up' }, cache: { status: 'up' } });
      expect(elapsed()).to.equal(0);
    });

    it('settles once an unavailable store recovers', async () => {
      failReads(3);
      expect((await wait()).ready).to.equal(true);
      // The pauses are 20, 40 and 80 milliseconds.
      expect(elapsed()).to.be.within(20 + 40 + 80, 20 + 40 + 80 + 15);
    });

    it('does not wait for an unavailable cache', async () => {
      cache.script = () => 'failed';
      expect(await wait()).to.deep.include({
        ready: true,
        cache: { status: 'down', reason: 'scripted failure' },
      });
      expect(elapsed()).to.equal(0);
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

    it('fails if a later version uses the store, also after retries', async () => {
      store.meta = META_OF_LATER_VERSION;
      failReads(4);
      expect(await rejectionOf(wait())).to.be.instanceOf(EpochRefused);
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

  describe('startInBackground', () => {
    const start = (isOver = () => false) => advanceUntilSettled(clock, startUp.startInBackground(isOver));

    it('settles at once if the cache is registered', async () => {
      await start();
      expect(elapsed()).to.equal(0);
      const reads = store.deadlines.length;
      await start();
      expect(store.deadlines).to.have.length(reads);
    });

    it('retries with growing pauses of up to a second until the store recovers', async () => {
      failReads(20);
      await start();
      // 20 attempts: pauses of 20, 40, 80, 160, 320, 640 milliseconds and 14 of a second.
      expect(elapsed()).to.be.within(1260 + 14_000, 1260 + 14_000 + 20 * 5);
    });

    it('retries if the outcome of writing the meta record is unknown', async () => {
      store.afterReplace = () => {
        store.afterReplace = () => {};
        throw new OutcomeUnknown('the response was lost');
      };
      await start();
      expect(elapsed()).to.equal(0);
    });

    it('ends when it is told to', async () => {
      store.beforeRead = fail;
      await start(() => elapsed() > 5000);
      expect(elapsed()).to.be.within(5000, 6100);
    });

    it('fails if the store recovers and a later version uses it', async () => {
      store.meta = META_OF_LATER_VERSION;
      failReads(5);
      const failure = await rejectionOf(start());
      expect(failure).to.be.instanceOf(EpochRefused);
      expect((failure as Error).message).to.include('newer version of Rollcall');
      expect(elapsed()).to.be.above(600);
    });

    it('fails if the store recovers and was not provisioned', async () => {
      store.beforeRead = (count) => {
        if (count > 2) throw new StoreNotProvisioned('no table');
        fail();
      };
      expect(await rejectionOf(start())).to.be.instanceOf(StoreNotProvisioned);
    });
  });
});
