import { expect } from 'chai';
import { parseSlug, parseUsername, type Slug, type Username } from '../../../src/domain/names.ts';
import { membershipKey } from '../../../src/domain/records.ts';
import {
  aMembership,
  create,
  erase,
  keyOfMembership,
  SAMPLES,
  type Sample,
  samples,
  unique,
  update,
} from '../../support/accounts.ts';
import { deadline } from '../../support/deadline.ts';
import {
  type CurrentStore,
  commit,
  commitInBatches,
  createAll,
  keysOf,
  load,
  mutateDeeply,
} from './store-under-test.ts';

/** Reads of records, which only commits can change. */
export function recordRules(current: CurrentStore): void {
  it('returns a record that was never written as absent at version 0', async () => {
    const { store } = current();
    for (const { key } of samples()) {
      expect(await load(store, key)).to.deep.equal({ key, version: 0, record: undefined });
    }
  });

  it('returns a snapshot of 100 keys of all kinds in the order of the keys', async () => {
    const { store } = current();
    const all = Array.from({ length: 20 }, samples).flat();
    const isLive = (index: number) => index % 3 !== 0;
    const isDeleted = (index: number) => index % 3 === 2;
    await commitInBatches(
      store,
      all.filter((_, index) => isLive(index)).map(({ key, first }) => create(key, first)),
    );
    await commitInBatches(
      store,
      all.filter((_, index) => isDeleted(index)).map(({ key }) => erase(key, 1)),
    );
    const expected = all.map(({ key, first }, index) => {
      if (isDeleted(index)) return { key, version: 2, record: undefined };
      return isLive(index) ? { key, version: 1, record: first } : { key, version: 0, record: undefined };
    });

    // 37 and 100 are coprime, so this is a permutation, which mixes kinds and states.
    const mixed = expected
      .map((_, index) => expected[(index * 37) % 100])
      .filter((loaded) => loaded !== undefined);
    expect(mixed).to.have.length(100);
    const keys = mixed.map(({ key }) => key);
    expect(await store.readMany(keys, deadline())).to.deep.equal(mixed);
    expect(await store.readMany(keys.toReversed(), deadline())).to.deep.equal(mixed.toReversed());
  });

  it('returns acknowledged writes of one handle immediately on another', async () => {
    const { store, openAnother } = current();
    const second = (await openAnother?.()) ?? store;
    const { key, first, second: changed } = SAMPLES.user();
    await commit(store, [create(key, first)]);
    expect((await load(second, key)).record).to.deep.equal(first);
    await commit(second, [update(key, 1, changed)]);
    expect(await load(store, key)).to.deep.equal({ key, version: 2, record: changed });
  });

  it('distinguishes organizations, users and members whose concatenated names are equal', async () => {
    const { store } = current();
    const base = unique('a');
    const [ofLong, ofShort] = [
      aMembership({ ...namesFrom(`${base}-b`), id: 'org_1' }, { ...namesFrom('c'), id: 'user_1' }),
      aMembership({ ...namesFrom(base), id: 'org_2' }, { ...namesFrom('b-c'), id: 'user_2' }),
    ];
    await commit(store, [create(keyOfMembership(ofLong), ofLong), create(keyOfMembership(ofShort), ofShort)]);
    expect((await load(store, keyOfMembership(ofLong))).record).to.deep.equal(ofLong);
    expect((await load(store, keyOfMembership(ofShort))).record).to.deep.equal(ofShort);
    expect(
      (await load(store, membershipKey(namesFrom(base).organizationName, namesFrom('c').username))).version,
    ).to.equal(0);
  });

  describe('copies of records', () => {
    it('are made when a record is committed', async () => {
      const { store } = current();
      const given = samples();
      const kept = structuredClone(given);
      await createAll(store, given);
      mutateDeeply(given);
      await expectLive(kept);
    });

    it('are made when a record is read', async () => {
      const { store } = current();
      const given = samples();
      await createAll(store, given);
      mutateDeeply(
        await store.readMany(
          given.map(({ key }) => structuredClone(key)),
          deadline(),
        ),
      );
      await expectLive(given);
    });

    it('are made when a record is listed', async () => {
      const { store } = current();
      const membership = aMembership();
      const key = keyOfMembership(membership);
      await commit(store, [create(key, membership)]);
      const page = { limit: 10 };
      mutateDeeply(await store.listMembershipsOfOrganization(membership.organizationName, page, deadline()));
      mutateDeeply(await store.listMembershipsOfUser(membership.memberUsername, page, deadline()));
      const expected = [{ record: membership, version: 1 }];
      const byOrganization = await store.listMembershipsOfOrganization(
        membership.organizationName,
        page,
        deadline(),
      );
      expect(byOrganization.items).to.deep.equal(expected);
      const byUser = await store.listMembershipsOfUser(membership.memberUsername, page, deadline());
      expect(byUser.items).to.deep.equal(expected);
      expect(await load(store, key)).to.deep.equal({ key, version: 1, record: membership });
    });

    async function expectLive(expected: readonly Sample[]): Promise<void> {
      const found = await current().store.readMany(keysOf(expected), deadline());
      expect(found).to.deep.equal(expected.map(({ key, first }) => ({ key, version: 1, record: first })));
    }
  });
}

/** The same text as the name of an organization and of a user. */
function namesFrom(value: string): { organizationName: Slug; username: Username } {
  return { organizationName: parseSlug(value), username: parseUsername(value) };
}
