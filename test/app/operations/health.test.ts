import { expect } from 'chai';
import { MemoryCache } from '../../../src/adapters/caches/memory/memory-cache.ts';
import type { CacheBinding } from '../../../src/app/freshness/cache-binding.ts';
import { Health } from '../../../src/app/operations/health.ts';
import { StoreUnavailable } from '../../../src/ports/errors.ts';
import { bindCache } from '../../support/bind-cache.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedCache } from '../../support/scripted-cache.ts';
import { ScriptedMetaStore } from '../../support/scripted-meta-store.ts';

const UP = { status: 'up' } as const;
const READY = { ready: true, store: UP, cache: UP };
const CHANGED =
  /^The meta record of the store has changed since this instance started: .* Restart this instance\.$/;

class DeadlineRecordingCache extends MemoryCache {
  readonly deadlines: number[] = [];
  override get(key: string, deadline: number): Promise<string | undefined> {
    this.deadlines.push(deadline);
    return super.get(key, deadline);
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
    health = healthOf(bindingOf('test'));
  });

  const bindingOf = (description: string) => bindCache(store, { description });
  const healthOf = (binding: CacheBinding) => new Health({ cache, binding, clock, settings: SETTINGS });
  const soon = () => clock.monotonic() + 1000;

  async function storeReason(): Promise<string> {
    const readiness = await health.check();
    expect(readiness.ready).to.equal(false);
    expect(readiness.cache).to.deep.equal(UP);
    return readiness.store.status === 'down' ? readiness.store.reason : expect.fail('the store is up');
  }

  it('is ready while store and cache answer', async () => {
    expect(await health.check()).to.deep.equal(READY);
    expect(await health.check()).to.deep.equal(READY);
  });

  it('checks store and cache with their usual deadlines', async () => {
    const recordingCache = new DeadlineRecordingCache({ clock });
    const parts = { binding: bindingOf('test'), clock, settings: SETTINGS };
    await new Health({ ...parts, cache: recordingCache }).check();
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
    expect(await health.check()).to.deep.equal(READY);
  });

  it('reports the reason if the store is unavailable from the start', async () => {
    store.beforeRead = (count) => {
      if (count <= 2) throw new StoreUnavailable('connection refused');
    };
    expect(await storeReason()).to.equal('connection refused');
    expect(await storeReason()).to.equal('connection refused');
    expect(await health.check()).to.deep.equal(READY);
  });

  it('reports the reason while the cache is unavailable, and recovers', async () => {
    cache.script = () => 'failed';
    const down = { status: 'down', reason: 'scripted failure' } as const;
    expect(await health.check()).to.deep.equal({ ready: false, store: UP, cache: down });
    cache.script = () => 'answered';
    expect(await health.check()).to.deep.equal(READY);
  });

  it('checks the cache although the store does not answer', async () => {
    let answer: (() => void) | undefined;
    store.beforeRead = () =>
      new Promise((resolve) => {
        answer ??= resolve;
      });
    const result = health.check();
    expect(cache.of('get')).to.have.length(1);
    store.beforeRead = () => {};
    answer?.();
    expect(await result).to.deep.equal(READY);
  });

  it('is not ready if the instances on the store use another cache', async () => {
    store.meta = { storeId: 'some', generation: 1, cache: 'another' };
    expect(await storeReason()).to.match(/use the cache "another", but "test" is configured here/);
  });

  it('never throws, for any error of the store', async () => {
    for (const thrown of [new TypeError('a bug'), 'a text', undefined]) {
      store.beforeRead = () => {
        throw thrown;
      };
      expect(await storeReason()).to.be.oneOf(['a bug', 'a text', 'undefined']);
    }
  });

  it('is ready after a failover of the store, with a notice for a week', async () => {
    store.server = 'timeline 1';
    expect(await health.check()).to.deep.equal(READY);
    store.server = 'timeline 2';
    const { ready, store: check } = await health.check();
    expect([ready, check.status]).to.deep.equal([true, 'up']);
    expect(check)
      .to.have.property('notice')
      .that.matches(
        /^the store is on another server since 2026-01-01T\S+: it moved from timeline 1 to timeline 2;/,
      )
      .and.contains('docs/operations.md');
    await clock.advance(7 * 86_400_000 + 1);
    expect(await health.check()).to.deep.equal(READY);
  });

  describe('is not ready after the meta record has changed', () => {
    beforeEach(async () => {
      await health.check();
    });

    it('because another cache was adopted', async () => {
      await bindingOf('another').adopt(soon());
      expect(await storeReason()).to.match(CHANGED);
    });

    it('because the cache was reset', async () => {
      await bindingOf('test').reset(soon());
      expect(await storeReason()).to.match(CHANGED);
      expect(await healthOf(bindingOf('test')).check(), 'a new instance').to.deep.equal(READY);
      expect(await storeReason(), 'the running instance').to.match(CHANGED);
    });

    it('because the store was replaced or is empty', async () => {
      store.meta = { storeId: 'another', generation: 1, cache: 'test' };
      expect(await storeReason()).to.match(CHANGED);
      store.meta = undefined;
      expect(await storeReason()).to.match(CHANGED);
    });
  });
});
