import { expect } from 'chai';
import { remove } from '../../../src/domain/change.ts';
import type { UserStore } from '../../../src/ports/user-store.ts';
import { create, samples, unique } from '../../support/accounts.ts';
import { deadline } from '../../support/deadline.ts';
import { type CurrentStore, commit, createAll, load } from './store-under-test.ts';

const AT = '2030-01-01T00:00:00.000Z';
/** Before any tombstone of then has expired, and long after. */
const SOON_AFTER = '2030-01-01T00:00:01.000Z';
const LONG_AFTER = '2060-01-01T00:00:00.000Z';
const LIMIT = 100;

/** What has expired goes: by itself, or when it is asked for. */
export function garbageCollectionRules(current: CurrentStore): void {
  it('leaves what lives and what has not expired', async () => {
    const { store } = current();
    const [kept, deleted] = samples();
    if (kept === undefined || deleted === undefined) throw new Error('no samples');
    await createAll(store, [kept, deleted]);
    await commit(store, [remove(await load(store, deleted.key))], { at: AT });
    await removeAll(store, SOON_AFTER);
    expect(await load(store, kept.key)).to.deep.include({ version: 1, record: kept.first });
    expect((await load(store, deleted.key)).version).to.equal(2);
    if (current().shared !== true) await removeAll(store, LONG_AFTER);
    expect(await load(store, kept.key)).to.deep.include({ version: 1, record: kept.first });
  });

  it('removes tombstones of every kind and outcomes that have expired, no more than asked for at a time', async () => {
    const { store, shared, expiresAutomatically } = current();
    // Others may count on what would be removed here.
    if (shared === true && expiresAutomatically !== true) throw new Error('this needs a store of its own');
    const all = samples();
    await createAll(store, all);
    const deleted = await Promise.all(all.map(({ key }) => load(store, key)));
    const id = unique('request');
    const expiresAt = '2030-01-02T00:00:00.000Z';
    const idempotency = { id, fingerprint: 'f', response: {}, changedKeys: [], expiresAt };
    await commit(store, deleted.map(remove), { at: AT, idempotency });
    if (expiresAutomatically === true) {
      expect(await store.removeExpired(LONG_AFTER, LIMIT, deadline())).to.equal(0);
      return;
    }
    expect(await store.removeExpired(LONG_AFTER, 1, deadline())).to.equal(1);
    expect(await removeAll(store, LONG_AFTER)).to.equal(all.length);
    for (const { key } of all) expect((await load(store, key)).version).to.equal(0);
    expect(await store.readIdempotencyRecord(id, AT, deadline())).to.equal(undefined);
    const [sample] = all;
    if (sample !== undefined) await commit(store, [create(sample.key, sample.first)]);
  });
}

async function removeAll(store: UserStore, now: string): Promise<number> {
  let removed = 0;
  for (let round = 0; round < 100; round += 1) {
    const some = await store.removeExpired(now, LIMIT, deadline());
    removed += some;
    if (some < LIMIT) return removed;
  }
  throw new Error('there is always something more to remove');
}
