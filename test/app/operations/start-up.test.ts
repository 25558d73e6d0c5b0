import { expect } from 'chai';
import { MemoryCache } from '../../../src/adapters/caches/memory/memory-cache.ts';
import { UuidIds } from '../../../src/adapters/system/uuid-ids.ts';
import { CacheBinding, CacheBindingRefused } from '../../../src/app/freshness/cache-binding.ts';
import { Health } from '../../../src/app/operations/health.ts';
import { StartUp } from '../../../src/app/operations/start-up.ts';
import { OutcomeUnknown, StoreNotProvisioned, StoreUnavailable } from '../../../src/ports/errors.ts';
import { advanceUntilSettled } from '../../support/advance-until-settled.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { rejectionOf } from '../../support/rejection-of.ts';
import { ScriptedCache } from '../../support/scripted-cache.ts';
import { ScriptedMetaStore } from '../../support/scripted-meta-store.ts';

const ANOTHER = { storeId: 'some', generation: 1, cache: 'another' };

describe('starting up', () => {
  let clock: ManualClock;
  let store: ScriptedMetaStore;
  let cache: ScriptedCache;
  let startUp: StartUp;
  let began: number;

  beforeEach(() => {
    clock = new ManualClock();
    store = new ScriptedMetaStore({ clock });
    cache = new ScriptedCache(new MemoryCache({ clock }));
    const binding = new CacheBinding(store, { description: 'test', isPrivate: false }, new UuidIds());
    const health = new Health({ store, cache, binding, clock, settings: SETTINGS });
    startUp = new StartUp({ binding, health, clock, settings: SETTINGS });
    began = clock.monotonic();
  });

  const passed = () => clock.monotonic() - began;
  const away = () => {
    throw new StoreUnavailable('nobody there');
  };
  /** Its first reads fail. */
  const awayFor = (reads: number) => {
    store.beforeRead = (count) => {
      if (count <= reads) away();
    };
  };
  /** Every read takes as long as it may, and fails. */
  const hang = () => {
    store.beforeRead = async (_, deadline) => {
      await clock.sleep(deadline - clock.monotonic());
      away();
    };
  };

  describe('until the instance is ready, or for two seconds', () => {
    const wait = () => advanceUntilSettled(clock, startUp.waitUntilReady());

    it('settles at once where everything is there', async () => {
      expect(await wait()).to.deep.equal({ ready: true, store: { status: 'up' }, cache: { status: 'up' } });
      expect(passed()).to.equal(0);
    });

    it('settles as soon as a store is there that was away', async () => {
      awayFor(3);
      expect((await wait()).ready).to.equal(true);
      // The pauses are 20, 40 and 80 milliseconds.
      expect(passed()).to.be.within(20 + 40 + 80, 20 + 40 + 80 + 15);
    });

    it('settles as soon as a cache is there that was away', async () => {
      cache.script = ({ operation }) =>
        operation === 'get' && cache.calls.length <= 3 ? 'failed' : 'answered';
      expect((await wait()).ready).to.equal(true);
      expect(passed()).to.be.within(140, 155);
    });

    it('settles with the reasons where nothing comes', async () => {
      store.beforeRead = away;
      cache.script = () => 'failed';
      expect(await wait()).to.deep.equal({
        ready: false,
        store: { status: 'down', reason: 'nobody there' },
        cache: { status: 'down', reason: 'scripted failure' },
      });
      expect(passed()).to.be.within(1000, 2000);
    });

    it('does not wait for more than one deadline of a store that never answers', async () => {
      hang();
      expect((await wait()).ready).to.equal(false);
      expect(passed()).to.be.within(SETTINGS.storeTimeoutMs, SETTINGS.storeTimeoutMs + 15);
    });

    it('gives each attempt the deadline of a store operation', async () => {
      awayFor(1);
      await wait();
      expect(store.deadlines[0]).to.equal(began + SETTINGS.storeTimeoutMs);
      expect(store.deadlines.at(-1)).to.be.within(
        began + 20 + SETTINGS.storeTimeoutMs,
        began + 35 + SETTINGS.storeTimeoutMs,
      );
    });

    it('is refused by a store whose instances use another cache, also later', async () => {
      store.meta = ANOTHER;
      awayFor(4);
      expect(await rejectionOf(wait())).to.be.instanceOf(CacheBindingRefused);
      expect(store.deadlines.length).to.be.above(4);
    });

    it('is refused by a store that was never set up', async () => {
      store.beforeRead = () => {
        throw new StoreNotProvisioned('no table');
      };
      expect(await rejectionOf(wait())).to.be.instanceOf(StoreNotProvisioned);
      expect(passed()).to.equal(0);
    });

    it('goes on where nobody knows whether the meta record was written', async () => {
      store.afterReplace = () => {
        store.afterReplace = () => {};
        throw new OutcomeUnknown('the answer was lost');
      };
      expect((await wait()).ready).to.equal(true);
    });
  });

  describe('afterwards, until store and cache are paired', () => {
    const pair = (isOver = () => false) => advanceUntilSettled(clock, startUp.bindInBackground(isOver));

    it('settles at once where they are', async () => {
      await pair();
      expect(passed()).to.equal(0);
      const reads = store.deadlines.length;
      await pair();
      expect(store.deadlines).to.have.length(reads);
    });

    it('tries again, at last every second, until the store comes', async () => {
      awayFor(20);
      await pair();
      // 20 attempts: pauses of 20, 40, 80, 160, 320, 640 milliseconds and 14 of a second.
      expect(passed()).to.be.within(1260 + 14_000, 1260 + 14_000 + 20 * 5);
    });

    it('tries again where nobody knows whether the meta record was written', async () => {
      store.afterReplace = () => {
        store.afterReplace = () => {};
        throw new OutcomeUnknown('the answer was lost');
      };
      await pair();
      expect(passed()).to.be.within(20, 30);
    });

    it('ends when it is over', async () => {
      store.beforeRead = away;
      await pair(() => passed() > 5000);
      expect(passed()).to.be.within(5000, 6100);
    });

    it('is refused when the store comes and its instances use another cache', async () => {
      store.meta = ANOTHER;
      awayFor(5);
      const refusal = await rejectionOf(pair());
      expect(refusal).to.be.instanceOf(CacheBindingRefused);
      expect((refusal as Error).message).to.include('rollcall cache adopt');
      expect(passed()).to.be.above(600);
    });

    it('is refused when the store comes and was never set up', async () => {
      store.beforeRead = (count) => {
        if (count > 2) throw new StoreNotProvisioned('no table');
        away();
      };
      expect(await rejectionOf(pair())).to.be.instanceOf(StoreNotProvisioned);
    });
  });
});
