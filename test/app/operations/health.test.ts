import { expect } from 'chai';
import { MemoryCache } from '../../../src/adapters/caches/memory/memory-cache.ts';
import { UuidIds } from '../../../src/adapters/system/uuid-ids.ts';
import { EpochKeeper } from '../../../src/app/freshness/epochs/epoch-keeper.ts';
import { Health } from '../../../src/app/operations/health.ts';
import type { Cache } from '../../../src/ports/cache.ts';
import { StoreUnavailable } from '../../../src/ports/errors.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedCache } from '../../support/scripted-cache.ts';
import { ScriptedMetaStore } from '../../support/scripted-meta-store.ts';

const UP = { status: 'up' } as const;
const READY = { ready: true, store: UP, cache: UP };

class DeadlineRecordingCache extends MemoryCache {
  readonly deadlines: number[] = [];
  override get(key: string, on: string, deadline: number): Promise<string | undefined> {
    this.deadlines.push(deadline);
    return super.get(key, on, deadline);
  }
}

describe('Health', () => {
  let clock: ManualClock;
  let store: ScriptedMetaStore;
  let cache: ScriptedCache;
  let health: Health;

  beforeEach(() => {
    clock = new ManualClock();
    store = new ScriptedMetaStore({ clock });
    cache = new ScriptedCache(new MemoryCache({ clock }));
    health = healthOn(cache);
  });

  const identity = { description: 'test', isPrivate: false, isAbsent: false };
  const healthOn = (used: Cache) => {
    const telemetry = { emit: () => {} };
    const parts = { store, cache: used, identity, clock, settings: SETTINGS };
    return new Health({ ...parts, keeper: new EpochKeeper({ ...parts, ids: new UuidIds(), telemetry }) });
  };
  const checked = async () => {
    const { epoch, ...states } = await health.check();
    return states;
  };

  async function storeReason(): Promise<string> {
    const readiness = await health.check();
    expect(readiness.ready).to.equal(false);
    expect(readiness.cache).to.deep.equal(UP);
    return readiness.store.status === 'down' ? readiness.store.reason : expect.fail('the store is up');
  }

  it('is ready while store and cache answer', async () => {
    expect(await checked()).to.deep.equal(READY);
    expect(await checked()).to.deep.equal(READY);
  });

  it('reports the state of the epoch', async () => {
    expect((await health.check()).epoch).to.deep.equal({ state: 'closing', n: 1 });
  });

  it('checks store and cache with their usual deadlines', async () => {
    const recordingCache = new DeadlineRecordingCache({ clock });
    await healthOn(recordingCache).check();
    expect(recordingCache.deadlines).to.deep.equal([clock.monotonic() + SETTINGS.cacheTimeoutMs]);
    expect(new Set(store.deadlines)).to.deep.equal(new Set([clock.monotonic() + SETTINGS.storeTimeoutMs]));
  });

  it('reports the reason while the store is unavailable, and recovers', async () => {
    await health.check();
    store.beforeRead = () => {
      throw new StoreUnavailable('connection refused');
    };
    expect(await storeReason()).to.equal('connection refused');
    store.beforeRead = () => {};
    expect(await checked()).to.deep.equal(READY);
  });

  it('reports the reason if the store is unavailable from the start', async () => {
    store.beforeRead = (count) => {
      if (count <= 2) throw new StoreUnavailable('connection refused');
    };
    expect(await storeReason()).to.equal('connection refused');
    expect(await storeReason()).to.equal('connection refused');
    expect(await checked()).to.deep.equal(READY);
  });

  it('remains ready while the cache is unavailable, and reports the reason', async () => {
    cache.script = () => 'failed';
    const down = { status: 'down', reason: 'scripted failure' } as const;
    expect(await checked()).to.deep.equal({ ready: true, store: UP, cache: down });
    cache.script = () => 'answered';
    expect(await checked()).to.deep.equal(READY);
  });

  it('is not ready without the cache on a store without epochs: writes are refused', async () => {
    store.meta = { storeId: 'some', generation: 1, cache: 'test' };
    expect(await health.check()).to.deep.equal({ ...READY, epoch: { state: 'legacy', n: 0 } });
    cache.script = () => 'failed';
    expect((await health.check()).ready).to.equal(false);
  });

  it('checks the cache although the store does not answer', async () => {
    let answer: (() => void) | undefined;
    store.beforeRead = () =>
      new Promise((resolve) => {
        answer ??= resolve;
      });
    const result = checked();
    expect(cache.of('get')).to.have.length(1);
    store.beforeRead = () => {};
    answer?.();
    expect(await result).to.deep.equal(READY);
  });

  it('never throws, for any error of the store', async () => {
    for (const thrown of [new TypeError('a bug'), 'a text', undefined]) {
      store.beforeRead = () => {
        throw thrown;
      };
      expect(await storeReason()).to.be.oneOf(['a bug', 'a text', 'undefined']);
    }
  });
});
