import { expect } from 'chai';
import type { Loaded, RecordKey } from '../../../src/domain/records.ts';
import { recordId } from '../../../src/domain/records.ts';
import {
  aChange,
  anEvent,
  create,
  erase,
  organizationStream,
  type Sample,
  samples,
  unique,
  update,
} from '../../support/accounts.ts';
import { deadline } from '../../support/deadline.ts';
import { type CurrentStore, commit, createAll, handlesOf, readAllPages } from './store-under-test.ts';

/** The scan returns every record and every tombstone, and nothing else. */
export function scanRules(current: CurrentStore): void {
  it('returns live records and tombstones of all kinds exactly once, for any page size', async () => {
    const { store } = current();
    const [living, changed, deleted, revived] = [samples(), samples(), samples(), samples()];
    const all = [...living, ...changed, ...deleted, ...revived];
    await createAll(store, all);
    await commit(
      store,
      changed.map(({ key, second }) => update(key, 1, second)),
    );
    await commit(
      store,
      [...deleted, ...revived].map(({ key }) => erase(key, 1)),
    );
    await commit(
      store,
      revived.map(({ key, second }) => create(key, second, 2)),
    );
    const expected: Loaded[] = [
      ...living.map(({ key, first }) => ({ key, version: 1, record: first })),
      ...changed.map(({ key, second }) => ({ key, version: 2, record: second })),
      ...deleted.map(({ key }) => ({ key, version: 2, record: undefined })),
      ...revived.map(({ key, second }) => ({ key, version: 3, record: second })),
    ];
    for (const limit of limits()) {
      const found = await scan(all, limit);
      expect(found).to.have.deep.members(expected);
    }
  });

  it('returns no events, idempotency records, meta record or internal copies', async () => {
    const { store, isShared } = current();
    const written = samples();
    const id = unique('request');
    await store.commit(
      aChange(
        written.map(({ key, first }) => create(key, first)),
        {
          events: [anEvent([organizationStream()])],
          idempotency: {
            id,
            fingerprint: 'f',
            response: {},
            changedKeys: [],
            expiresAt: '2099-01-01T00:00:00.000Z',
          },
        },
      ),
      deadline(),
    );
    const { meta, answeredBy } = await store.readMeta(deadline());
    const next = { storeId: unique('store'), generation: 1, cache: 'none' };
    await store.replaceMeta(meta, next, answeredBy, deadline());
    const found = await readAllPages((page) => store.scan(page, deadline()), 100);
    expect(found.map(({ key }) => recordId(key))).to.include.members(written.map(({ key }) => recordId(key)));
    if (isShared !== true) expect(found).to.have.length(written.length);
  });

  it('returns unchanged records exactly once while others are added and removed, across handles', async () => {
    const handle = await handlesOf(current());
    const staying = [...samples(), ...samples(), ...samples()];
    const go = [...samples(), ...samples()];
    await createAll(handle(0), [...staying, ...go]);
    await commit(
      handle(0),
      staying.slice(0, 5).map(({ key }) => erase(key, 1)),
    );
    const come: Sample[] = [];
    let turn = 0;
    const found = await readAllPages(
      (page) => handle(turn++).scan(page, deadline()),
      3,
      async (pages) => {
        const leaving = go[pages - 1];
        if (leaving === undefined) return;
        const [arriving] = samples().slice(pages % 5);
        if (arriving === undefined) return;
        come.push(arriving);
        const changed = staying[5 + (pages % 10)];
        if (changed === undefined) return;
        await commit(handle(turn), [
          erase(leaving.key, 1),
          create(arriving.key, arriving.first),
          update(changed.key, 1 + Math.floor((pages - 1) / 10), changed.second),
        ]);
      },
    );
    expect(idsOf(found, staying)).to.have.members(staying.map(({ key }) => recordId(key)));
    const others = idsOf(found, [...go, ...come]);
    expect(others).to.have.length(new Set(others).size);
  });

  /** The entries of a scan for these records. */
  async function scan(of: readonly Sample[], limit: number): Promise<Loaded<RecordKey>[]> {
    const found = await readAllPages((page) => current().store.scan(page, deadline()), limit);
    const ids = new Set(of.map(({ key }) => recordId(key)));
    return found.filter(({ key }) => ids.has(recordId(key)));
  }

  function idsOf(found: readonly Loaded[], of: readonly Sample[]): string[] {
    const ids = new Set(of.map(({ key }) => recordId(key)));
    return found.map(({ key }) => recordId(key)).filter((id) => ids.has(id));
  }

  /** Small pages only in a store that is not shared, because a shared one contains many records. */
  function limits(): readonly number[] {
    return current().isShared === true ? [100] : [1, 2, 7, 100];
  }
}
