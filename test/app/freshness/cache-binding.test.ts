import { expect } from 'chai';
import { MemoryUserStore } from '../../../src/adapters/stores/memory/memory-user-store.ts';
import { type CacheBinding, CacheBindingRefused } from '../../../src/app/freshness/cache-binding.ts';
import { bindCache } from '../../support/bind-cache.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** A store that other processes also have open. */
class SharedStore extends MemoryUserStore {
  override readonly exclusive: boolean = false;
}

describe('CacheBinding', () => {
  const clock = new ManualClock();
  const deadline = clock.monotonic() + 1000;
  const bindingTo = (store: MemoryUserStore, description: string, isPrivate = false) =>
    bindCache(store, { description, isPrivate });
  const refusalOf = (binding: CacheBinding) =>
    Promise.resolve(binding.establish(deadline)).then(
      () => expect.fail('expected a refusal'),
      (error: unknown) => error,
    );

  it('registers the cache of the first instance in a new store, with a store id and generation 1', async () => {
    const meta = await bindingTo(new SharedStore({ clock }), 'redis a').establish(deadline);
    expect(meta).to.include({ generation: 1, cache: 'redis a' });
    expect(meta.storeId).to.match(/^[0-9a-f]{32}$/);
  });

  it('changes nothing for an instance with the registered cache', async () => {
    const store = new SharedStore({ clock });
    const first = await bindingTo(store, 'redis a').establish(deadline);
    expect(await bindingTo(store, 'redis a').establish(deadline)).to.deep.equal(first);
  });

  it('refuses an instance that is configured with a different cache', async () => {
    const store = new SharedStore({ clock });
    await bindingTo(store, 'redis a').establish(deadline);
    const refusal = await refusalOf(bindingTo(store, 'redis b'));
    expect(refusal).to.be.instanceOf(CacheBindingRefused);
    expect((refusal as Error).message)
      .to.contain('"redis a"')
      .and.contain('"redis b"');
  });

  it('registers a different cache and raises the generation for an instance with exclusive access to the store', async () => {
    const store = new MemoryUserStore({ clock });
    const first = await bindingTo(store, 'none').establish(deadline);
    const second = await bindingTo(store, 'memory', true).establish(deadline);
    expect(second).to.include({ generation: 2, cache: 'memory' });
    expect(second.storeId, 'cache keys of the first cache are not reused').to.not.equal(first.storeId);
  });

  it('refuses a private cache on a store that other processes have open', async () => {
    expect(await refusalOf(bindingTo(new SharedStore({ clock }), 'memory', true))).to.be.instanceOf(
      CacheBindingRefused,
    );
  });

  it('gives instances that start concurrently the same store id', async () => {
    const store = new SharedStore({ clock });
    const metas = await Promise.all(
      Array.from({ length: 5 }, () => bindingTo(store, 'redis a').establish(deadline)),
    );
    expect(new Set(metas.map(({ storeId }) => storeId)).size).to.equal(1);
  });

  it('reads the store once for concurrent callers', async () => {
    const binding = bindingTo(new SharedStore({ clock }), 'redis a');
    const [first, second] = await Promise.all([binding.establish(deadline), binding.establish(deadline)]);
    expect(first).to.equal(second);
    expect(binding.establish(deadline)).to.equal(first);
  });
});
