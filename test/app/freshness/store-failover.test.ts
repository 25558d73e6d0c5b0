import { expect } from 'chai';
import { MemoryCache } from '../../../src/adapters/caches/memory/memory-cache.ts';
import { cacheKey } from '../../../src/app/freshness/cache-key.ts';
import { userKey } from '../../../src/domain/records.ts';
import { StoreUnavailable } from '../../../src/ports/errors.ts';
import type { Signal } from '../../../src/ports/telemetry.ts';
import { bindCache } from '../../support/bind-cache.ts';
import { freshInstance, SETTINGS } from '../../support/fresh-stack.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { rejectionOf } from '../../support/rejection-of.ts';
import { ScriptedMetaStore } from '../../support/scripted-meta-store.ts';
import { create, key, rename, user } from './user-plans.ts';

const deadline = Number.POSITIVE_INFINITY;

describe('CacheBinding, when another server answers for the store', () => {
  const clock = new ManualClock();
  let store: ScriptedMetaStore;
  let signals: Signal[];

  beforeEach(() => {
    store = new ScriptedMetaStore({ clock });
    store.server = 'timeline 1';
    signals = [];
  });

  const establish = () => bindCache(store, { signals }).establish(deadline);

  it('records the server in the meta record of a new store, and does not report a failover', async () => {
    expect(await establish()).to.include({ generation: 1, storeServer: 'timeline 1' });
    expect(await establish()).to.include({ generation: 1, storeServer: 'timeline 1' });
    expect(signals).to.deep.equal([]);
  });

  it('raises the generation, with a new store id, and says when and from which server', async () => {
    const first = await establish();
    store.server = 'timeline 2';
    const second = await establish();
    expect(second).to.include({ generation: 2, cache: 'test', storeServer: 'timeline 2' });
    expect(second.storeId).to.not.equal(first.storeId);
    expect(second.failover).to.deep.equal({ from: 'timeline 1', at: '2026-01-01T00:00:00.000Z' });
    expect(signals).to.deep.equal([{ type: 'store_failover', from: 'timeline 1', to: 'timeline 2' }]);
  });

  it('does so in a running instance as soon as any answer comes from the other server', async () => {
    const binding = bindCache(store, { signals });
    const first = await binding.establish(deadline);
    store.server = 'timeline 2';
    expect(await binding.establish(deadline), 'before any answer').to.equal(first);
    await store.readMany([userKey(user.username)], deadline);
    expect(await binding.establish(deadline)).to.include({ generation: 2, storeServer: 'timeline 2' });
  });

  it('raises it once, and the other instances follow and report it too', async () => {
    const others = [bindCache(store, { signals }), bindCache(store, { signals })];
    for (const other of others) await other.establish(deadline);
    store.server = 'timeline 2';
    store.currentServer = 'timeline 2';
    const metas = await Promise.all(others.map((other) => other.establish(deadline)));
    expect(metas[0]).to.deep.equal(metas[1]);
    expect(metas[0]).to.include({ generation: 2 });
    const signal = { type: 'store_failover', from: 'timeline 1', to: 'timeline 2' };
    expect(signals).to.deep.equal([signal, signal]);
  });

  it('is found by an instance that only verifies its binding', async () => {
    const binding = bindCache(store, { signals });
    await binding.establish(deadline);
    store.server = 'timeline 2';
    expect(await binding.verify(deadline)).to.include({ generation: 2, storeServer: 'timeline 2' });
    expect(await binding.verify(deadline)).to.include({ generation: 2, storeServer: 'timeline 2' });
    store.meta = { storeId: 'another', generation: 1, cache: 'test', storeServer: 'timeline 2' };
    expect(await rejectionOf(binding.verify(deadline))).to.be.instanceOf(StoreUnavailable);
  });

  it('adds the server to a record of an earlier version without raising the generation', async () => {
    store.meta = { storeId: 'old', generation: 7, cache: 'test' };
    const meta = { storeId: 'old', generation: 7, cache: 'test', storeServer: 'timeline 1' };
    expect(await establish()).to.deep.equal(meta);
    expect(signals).to.deep.equal([]);
  });

  it('tries again where the store was unavailable meanwhile', async () => {
    const binding = bindCache(store, { signals });
    await binding.establish(deadline);
    store.server = 'timeline 2';
    store.currentServer = 'timeline 2';
    store.beforeRead = () => {
      throw new StoreUnavailable('not yet');
    };
    expect(await rejectionOf(Promise.resolve(binding.establish(deadline)))).to.be.instanceOf(
      StoreUnavailable,
    );
    store.beforeRead = () => {};
    expect(await binding.establish(deadline)).to.include({ generation: 2 });
  });
});

describe('FreshWriter, when another server answers for the store', () => {
  it('plans again from the store, and marks again under the new generation', async () => {
    const clock = new ManualClock();
    const store = new ScriptedMetaStore({ clock });
    store.server = 'timeline 1';
    const shared = new MemoryCache({ clock, maxEntries: 1000 });
    const { writer, cache, binding } = freshInstance({ clock, store, shared, settings: SETTINGS });
    await writer.write({ keys: [key], plan: create });
    const before = await binding.establish(deadline);
    store.server = 'timeline 2';
    const plans: number[] = [];
    const result = await writer.write({
      keys: [key],
      plan: (loaded) => {
        plans.push(loaded[0].version);
        return rename(loaded);
      },
    });
    expect(result).to.equal(2);
    expect(plans, 'versions that were planned from').to.deep.equal([1, 1]);
    const after = await binding.establish(deadline);
    const marked = cache.of('put').map(({ keys }) => keys[0]);
    expect(marked).to.deep.equal([cacheKey(before, key), cacheKey(before, key), cacheKey(after, key)]);
  });
});
