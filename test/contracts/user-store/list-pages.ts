import { expect } from 'chai';
import type { BoundStore } from '../../support/bound-store.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';
import { LISTINGS, type Listing, namesOf } from './listings.ts';
import { type CurrentStore, commit, handlesOf, readAllPages } from './store-under-test.ts';

const TEN = Array.from({ length: 10 }, (_, index) => `n${index}`);

/** Pagination is complete and without duplicates, even if the list changes between the pages. */
export function listPageRules(current: CurrentStore): void {
  for (const [kind, { listOf }] of Object.entries(LISTINGS)) {
    describe(kind, () => {
      let store: BoundStore;
      let listing: Listing;

      beforeEach(() => {
        store = current().store;
        listing = listOf();
      });

      it('accepts a cursor from another handle', async () => {
        const handle = await handlesOf(current());
        await add(TEN);
        let turn = 0;
        const found = await readAllPages((request) => listing.page(handle(turn++), request), 2);
        expect(found.map(({ record }) => listing.nameOf(record))).to.deep.equal(TEN);
      });

      it('accepts a cursor repeatedly', async () => {
        await add(TEN);
        const { next } = await listing.page(store, { limit: 3 });
        expect(next).to.be.a('string');
        for (const limit of [2, 4, 100]) {
          const rest = await readAllPages(
            (request) => listing.page(store, { after: next, ...request }),
            limit,
          );
          expect(rest.map(({ record }) => listing.nameOf(record))).to.deep.equal(TEN.slice(3));
        }
      });

      for (const limit of [1, 2, 3]) {
        it(`lists unchanged entries exactly once while others are added and removed, in pages of ${limit}`, async () => {
          const staying = ['b1', 'b3', 'd1', 'd3', 'f1', 'f3', 'h1', 'h3'];
          const leaving = ['b2', 'd2', 'f2', 'h2'];
          await add([...staying, ...leaving]);
          const found = await namesOf(listing, store, limit, async (page) => {
            if (page > 30) return;
            const gone = leaving[page - 1];
            if (gone !== undefined) await commit(store, [listing.remove(gone, 1)]);
            if (page > 1) await commit(store, [listing.remove(`z${page - 1}`, 1)]);
            await add([`a${page}`, `g${page}`, `z${page}`]);
            await commit(store, [listing.put('b1', page), listing.put('h3', page)]);
          });
          expect(found.filter((name) => staying.includes(name))).to.deep.equal(staying);
          expect(found).to.deep.equal([...new Set(found)].sort());
        });
      }

      it('continues after the last entry of a page even if that entry is deleted', async () => {
        await add(TEN);
        const found = await namesOf(listing, store, 2, async (page) => {
          const last = TEN[page * 2 - 1];
          if (last !== undefined) await commit(store, [listing.remove(last, 1)]);
        });
        expect(found).to.deep.equal(TEN);
      });

      it('lists entries that are inserted after the cursor, but not before it', async () => {
        await add(['b', 'd', 'f', 'h']);
        const found = await namesOf(listing, store, 2, async (page) => {
          if (page === 1) await add(['a', 'c', 'e', 'g']);
        });
        expect(found).to.deep.equal(['b', 'd', 'e', 'f', 'g', 'h']);
      });

      it('does not list entries that are deleted after the cursor, even if none remain', async () => {
        await add(['a', 'b', 'c', 'd']);
        const found = await namesOf(listing, store, 2, async (page) => {
          if (page === 1) await commit(store, [listing.remove('c', 1), listing.remove('d', 1)]);
        });
        expect(found).to.deep.equal(['a', 'b']);
      });

      it('does not list an entry again that was deleted and created again', async () => {
        await add(['a', 'b', 'c', 'd']);
        const found = await namesOf(listing, store, 2, async (page) => {
          if (page !== 1) return;
          await commit(store, [listing.remove('a', 1), listing.remove('b', 1)]);
          await commit(store, [listing.put('a', 2, 'absent'), listing.put('b', 2, 'absent')]);
        });
        expect(found).to.deep.equal(['a', 'b', 'c', 'd']);
      });

      it('lists every acknowledged entry during concurrent inserts', async () => {
        const handle = await handlesOf(current());
        const names = Array.from({ length: 40 }, (_, index) => `n${(index * 17) % 40}`);
        const acknowledged: string[] = [];
        let isInserting = true;

        async function insert(name: string, turn: number): Promise<void> {
          await commit(handle(turn), [listing.put(name)]);
          acknowledged.push(name);
        }

        async function observe(turn: number): Promise<void> {
          while (isInserting) {
            const before = [...acknowledged];
            const found = await namesOf(listing, handle(turn), 3);
            expect(found).to.include.members(before);
            expect(found).to.deep.equal([...new Set(found)].sort());
            await yieldToEventLoop();
          }
        }

        const inserted = Promise.all(names.map(insert)).finally(() => {
          isInserting = false;
        });
        await Promise.all([inserted, observe(0), observe(1)]);
        for (const turn of [0, 1]) {
          expect(await namesOf(listing, handle(turn), 7)).to.deep.equal([...names].sort());
        }
      });

      function add(names: readonly string[]): Promise<void> {
        return commit(
          store,
          names.map((name) => listing.put(name)),
        );
      }
    });
  }
}
