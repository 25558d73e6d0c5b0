import { expect } from 'chai';
import { MemoryUserStore } from '../../../src/adapters/stores/memory/memory-user-store.ts';
import { UuidIds } from '../../../src/adapters/system/uuid-ids.ts';
import { CacheBinding, CacheBindingRefused } from '../../../src/app/freshness/cache-binding.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** A store that other processes have open too. */
class SharedStore extends MemoryUserStore {
  override readonly exclusive: boolean = false;
}

describe('which cache belongs to which store', () => {
  const clock = new ManualClock();
  const deadline = clock.monotonic() + 1000;
  const pairingOf = (store: MemoryUserStore, description: string, isPrivate = false) =>
    new CacheBinding(store, { description, isPrivate }, new UuidIds());
  const refusalOf = (binding: CacheBinding) =>
    Promise.resolve(binding.establish(deadline)).then(
      () => expect.fail('it should have been refused'),
      (error: unknown) => error,
    );

  it('gives a new store an id, the first generation and the cache of whoever comes first', async () => {
    const meta = await pairingOf(new SharedStore({ clock }), 'redis a').establish(deadline);
    expect(meta).to.include({ generation: 1, cache: 'redis a' });
    expect(meta.storeId).to.match(/^[0-9a-f]{32}$/);
  });

  it('changes nothing for an instance that agrees', async () => {
    const store = new SharedStore({ clock });
    const first = await pairingOf(store, 'redis a').establish(deadline);
    expect(await pairingOf(store, 'redis a').establish(deadline)).to.deep.equal(first);
  });

  it('refuses an instance that would use another cache than the fleet', async () => {
    const store = new SharedStore({ clock });
    await pairingOf(store, 'redis a').establish(deadline);
    const refusal = await refusalOf(pairingOf(store, 'redis b'));
    expect(refusal).to.be.instanceOf(CacheBindingRefused);
    expect((refusal as Error).message)
      .to.contain('"redis a"')
      .and.contain('"redis b"');
  });

  it('lets an instance that has the store to itself bring another cache, and raises the generation', async () => {
    const store = new MemoryUserStore({ clock });
    const first = await pairingOf(store, 'none').establish(deadline);
    const second = await pairingOf(store, 'memory', true).establish(deadline);
    expect(second).to.include({ generation: 2, cache: 'memory' });
    expect(second.storeId, 'nothing under a key of the first').to.not.equal(first.storeId);
  });

  it('refuses a cache in memory on a store that others have open', async () => {
    expect(await refusalOf(pairingOf(new SharedStore({ clock }), 'memory', true))).to.be.instanceOf(
      CacheBindingRefused,
    );
  });

  it('lets instances that start at the same moment agree on one store id', async () => {
    const store = new SharedStore({ clock });
    const metas = await Promise.all(
      Array.from({ length: 5 }, () => pairingOf(store, 'redis a').establish(deadline)),
    );
    expect(new Set(metas.map(({ storeId }) => storeId)).size).to.equal(1);
  });

  it('asks the store once, however many ask', async () => {
    const binding = pairingOf(new SharedStore({ clock }), 'redis a');
    const [first, second] = await Promise.all([binding.establish(deadline), binding.establish(deadline)]);
    expect(first).to.equal(second);
    expect(binding.establish(deadline)).to.equal(first);
  });
});
