import { expect } from 'chai';
import type { Membership } from '../../../src/domain/membership.ts';
import { organizationKey, userKey, type Versioned } from '../../../src/domain/records.ts';
import {
  aMembership,
  anOrganization,
  aUser,
  create,
  erase,
  keyOfMembership,
  unique,
  update,
} from '../../support/accounts.ts';
import type { BoundStore } from '../../support/bound-store.ts';
import { deadline } from '../../support/deadline.ts';
import { LISTINGS, type Listing, namesOf } from './listings.ts';
import { type CurrentStore, commit, commitInBatches } from './store-under-test.ts';

/** The content and the order of lists. */
export function listRules(current: CurrentStore): void {
  for (const [kind, { listOf, unorderedNames, similarOwners }] of Object.entries(LISTINGS)) {
    describe(kind, () => {
      let store: BoundStore;
      let listing: Listing;

      beforeEach(() => {
        store = current().store;
        listing = listOf();
      });

      it('returns one empty page for an empty list', async () => {
        const page = await listing.page(store, { limit: 10 });
        expect(page.items).to.deep.equal([]);
        expect(page).to.not.have.property('next');
      });

      it('returns each record with its version', async () => {
        await commit(store, [listing.put('a'), listing.put('b')]);
        await commit(store, [listing.put('b', 1)]);
        const { items } = await listing.page(store, { limit: 10 });
        expect(items).to.deep.equal([
          { record: listing.put('a').record, version: 1 },
          { record: listing.put('b').record, version: 2 },
        ]);
      });

      it('sorts names by code units', async () => {
        const writes = unorderedNames.map((name) => listing.put(name));
        await commit(store, writes);
        for (const limit of [1, 100]) {
          expect(await namesOf(listing, store, limit)).to.deep.equal([...unorderedNames].sort());
        }
      });

      for (const [limit, length] of [
        [1, 20],
        [2, 60],
        [7, 120],
        [60, 120],
        [100, 120],
      ] as const) {
        it(`lists ${length} names exactly once in pages of ${limit}`, async () => {
          const names = Array.from({ length }, (_, index) => `n${String(index).padStart(3, '0')}`);
          const writes = names.toReversed().map((name) => listing.put(name));
          await commitInBatches(store, writes);
          expect(await namesOf(listing, store, limit)).to.deep.equal(names);
        });
      }

      it('omits deleted records and lists records that were created again', async () => {
        await commit(store, [listing.put('a'), listing.put('b'), listing.put('c')]);
        await commit(store, [listing.remove('b', 1), listing.remove('c', 1)]);
        expect(await namesOf(listing, store, 1)).to.deep.equal(['a']);
        await commit(store, [listing.put('c', 2, 'absent')]);
        expect(await namesOf(listing, store, 1)).to.deep.equal(['a', 'c']);
        const { items } = await listing.page(store, { limit: 10 });
        expect(items.map(({ version }) => version)).to.deep.equal([1, 3]);
      });

      it('does not end at many consecutive deleted entries', async () => {
        const names = Array.from({ length: 12 }, (_, index) => `n${10 + index}`);
        const [writes, deletions] = [
          names.map((name) => listing.put(name)),
          names.slice(1, -1).map((name) => listing.remove(name, 1)),
        ];
        await commit(store, writes);
        await commit(store, deletions);
        for (const limit of [1, 2, 5]) {
          expect(await namesOf(listing, store, limit)).to.deep.equal(['n10', 'n21']);
        }
      });

      it('separates lists of owners with similar names', async () => {
        const lists = similarOwners(unique('p')).map((owner) => listOf(owner));
        for (const [index, list] of lists.entries()) {
          await commit(store, [list.put(`own${index}`), list.put('every'), list.put('x')]);
          await commit(store, [list.remove('x', 1)]);
        }
        for (const [index, list] of lists.entries()) {
          for (const limit of [1, 100]) {
            expect(await namesOf(list, store, limit)).to.deep.equal(['every', `own${index}`]);
          }
        }
      });
    });
  }

  it('shows every change of a membership immediately in both of its lists', async () => {
    const { store } = current();
    const membership = aMembership();
    const key = keyOfMembership(membership);
    const promoted = { ...membership, role: 'Admin' } as const;
    await commit(store, [create(key, membership)]);
    await expectBoth([{ record: membership, version: 1 }]);
    await commit(store, [update(key, 1, promoted)]);
    await expectBoth([{ record: promoted, version: 2 }]);
    await commit(store, [erase(key, 2)]);
    await expectBoth([]);
    await commit(store, [create(key, membership, 3)]);
    await expectBoth([{ record: membership, version: 4 }]);

    async function expectBoth(expected: readonly Versioned<Membership>[]): Promise<void> {
      const { organizationName, memberUsername } = membership;
      const pages = [
        await store.listMembershipsOfOrganization(organizationName, { limit: 10 }, deadline()),
        await store.listMembershipsOfUser(memberUsername, { limit: 10 }, deadline()),
      ];
      for (const { items } of pages) expect(items).to.deep.equal(expected);
    }
  });

  it('lists a membership even if its user and organization are deleted', async () => {
    const { store } = current();
    const [user, organization] = [aUser(), anOrganization()];
    const membership = aMembership(organization, user);
    const [ofUser, ofOrganization] = [
      userKey(user.username),
      organizationKey(organization.organizationName),
    ] as const;
    await commit(store, [
      create(ofUser, user),
      create(ofOrganization, organization),
      create(keyOfMembership(membership), membership),
    ]);
    await commit(store, [erase(ofUser, 1), erase(ofOrganization, 1)]);
    const { items } = await store.listMembershipsOfUser(user.username, { limit: 10 }, deadline());
    expect(items).to.deep.equal([{ record: membership, version: 1 }]);
  });
}
