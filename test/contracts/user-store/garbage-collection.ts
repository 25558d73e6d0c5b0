import { expect } from 'chai';
import { remove } from '../../../src/domain/change.ts';
import { create, samples, unique } from '../../support/accounts.ts';
import type { BoundStore } from '../../support/bound-store.ts';
import { deadline } from '../../support/deadline.ts';
import { type CurrentStore, commit, createAll, load } from './store-under-test.ts';

const COMMITTED_AT = '2030-01-01T00:00:00.000Z';
/** Before and after the expiry of tombstones that were written at `COMMITTED_AT`. */
const BEFORE_EXPIRY = '2030-01-01T00:00:01.000Z';
const AFTER_EXPIRY = '2060-01-01T00:00:00.000Z';
const LIMIT = 100;

/** Expired tombstones and idempotency records are removed, either automatically or by `removeExpired`. */
export function garbageCollectionRules(current: CurrentStore): void {
  it('keeps live records and tombstones that have not expired', async () => {
    const { store } = current();
    const [kept, deleted] = samples();
    if (kept === undefined || deleted === undefined) throw new Error('no samples');
    await createAll(store, [kept, deleted]);
    await commit(store, [remove(await load(store, deleted.key))], { at: COMMITTED_AT });
    await removeAll(store, BEFORE_EXPIRY);
    expect(await load(store, kept.key)).to.deep.include({ version: 1, record: kept.first });
    expect((await load(store, deleted.key)).version).to.equal(2);
    if (current().isShared !== true) await removeAll(store, AFTER_EXPIRY);
    expect(await load(store, kept.key)).to.deep.include({ version: 1, record: kept.first });
  });

  it('removes expired tombstones of every kind and idempotency records, at most `limit` at a time', async () => {
    const { store, isShared, expiresAutomatically } = current();
    // Other tests may depend on records that this test would remove.
    if (isShared === true && expiresAutomatically !== true)
      throw new Error('this test needs a store that is not shared');
    const all = samples();
    await createAll(store, all);
    const deleted = await Promise.all(all.map(({ key }) => load(store, key)));
    const id = unique('request');
    const expiresAt = '2030-01-02T00:00:00.000Z';
    const idempotency = { id, fingerprint: 'f', response: {}, changedKeys: [], expiresAt };
    await commit(store, deleted.map(remove), { at: COMMITTED_AT, idempotency });
    if (expiresAutomatically === true) {
      expect(await store.removeExpired(AFTER_EXPIRY, LIMIT, deadline())).to.equal(0);
      return;
    }
    expect(await store.removeExpired(AFTER_EXPIRY, 1, deadline())).to.equal(1);
    expect(await removeAll(store, AFTER_EXPIRY)).to.equal(all.length);
    for (const { key } of all) expect((await load(store, key)).version).to.equal(0);
    expect(await store.readIdempotencyRecord(id, COMMITTED_AT, deadline())).to.equal(undefined);
    const [sample] = all;
    if (sample !== undefined) await commit(store, [create(sample.key, sample.first)]);
  });
}

async function removeAll(store: BoundStore, now: string): Promise<number> {
  let removed = 0;
  for (let round = 0; round < 100; round += 1) {
    const some = await store.removeExpired(now, LIMIT, deadline());
    removed += some;
    if (some < LIMIT) return removed;
  }
  throw new Error('removeExpired never reports fewer records than the limit');
}
