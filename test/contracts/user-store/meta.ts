import { expect } from 'chai';
import type { Meta, UserStore } from '../../../src/ports/user-store.ts';
import { unique } from '../../support/accounts.ts';
import { deadline } from '../../support/deadline.ts';
import { type CurrentStore, handlesOf, mutateDeeply, oneTo } from './store-under-test.ts';

/** The meta record is replaced only if it equals the expected one. */
export function metaRules(current: CurrentStore): void {
  it('is absent in a new store', async () => {
    const { store, isShared } = current();
    if (isShared !== true) expect((await store.readMeta(deadline())).meta).to.equal(undefined);
  });

  it('is replaced if it equals the expected record, and visible on every handle', async () => {
    const handle = await handlesOf(current());
    const [first, second] = [
      aMeta({ generation: 1 }),
      aMeta({ generation: 2, cache: `redis "x" 'y' \\ 😀` }),
    ];
    expect(
      await handle(0).replaceMeta((await handle(0).readMeta(deadline())).meta, first, deadline()),
    ).to.equal(true);
    expect((await handle(1).readMeta(deadline())).meta).to.deep.equal(first);
    expect(await handle(1).replaceMeta(first, second, deadline())).to.equal(true);
    expect((await handle(0).readMeta(deadline())).meta).to.deep.equal(second);
  });

  it('is not replaced if any field of the expected record differs, or if none is expected', async () => {
    const { store } = current();
    const meta = await setMeta(store);
    const wrong: (Meta | undefined)[] = [
      undefined,
      { ...meta, storeId: `${meta.storeId}x` },
      { ...meta, generation: meta.generation + 1 },
      { ...meta, cache: '' },
    ];
    for (const expected of wrong) {
      expect(await store.replaceMeta(expected, aMeta(), deadline())).to.equal(false);
      expect((await store.readMeta(deadline())).meta).to.deep.equal(meta);
    }
  });

  it('is not set if a record is expected but absent', async () => {
    const { store, isShared } = current();
    if (isShared === true) return;
    expect(await store.replaceMeta(aMeta(), aMeta(), deadline())).to.equal(false);
    expect((await store.readMeta(deadline())).meta).to.equal(undefined);
  });

  it('is compared field by field, independent of the order of the fields', async () => {
    const { store } = current();
    const { storeId, generation, cache } = await setMeta(store);
    const next = aMeta();
    expect(await store.replaceMeta({ cache, generation, storeId }, next, deadline())).to.equal(true);
    expect((await store.readMeta(deadline())).meta).to.deep.equal(next);
  });

  it('is replaced by exactly one of 20 concurrent replacements', async () => {
    const handle = await handlesOf(current());
    for (let round = 0; round < 5; round += 1) {
      const before = (await handle(round).readMeta(deadline())).meta;
      const candidates = oneTo(20).map((generation) => aMeta({ generation }));
      const results = await Promise.all(
        candidates.map((next, index) => handle(index).replaceMeta(before, next, deadline())),
      );
      expect(results.filter((one) => one)).to.have.length(1);
      expect((await handle(1).readMeta(deadline())).meta).to.deep.equal(candidates[results.indexOf(true)]);
    }
  });

  it('is copied when it is stored and when it is read', async () => {
    const { store } = current();
    const meta = await setMeta(store);
    const kept = { ...meta };
    mutateDeeply(meta);
    mutateDeeply((await store.readMeta(deadline())).meta);
    expect((await store.readMeta(deadline())).meta).to.deep.equal(kept);
  });

  it('can be replaced after `share`, which is idempotent', async () => {
    const { store } = current();
    expect(store.exclusive).to.be.a('boolean');
    const meta = await setMeta(store);
    await store.share(deadline());
    await store.share(deadline());
    expect(store.exclusive).to.be.a('boolean');
    expect((await store.readMeta(deadline())).meta).to.deep.equal(meta);
    expect(await store.replaceMeta(meta, aMeta(), deadline())).to.equal(true);
  });
}

function aMeta(over: Partial<Meta> = {}): Meta {
  return { storeId: unique('store'), generation: 1, cache: 'memory', ...over };
}

/** Sets a new meta record, regardless of the current one. */
async function setMeta(store: UserStore): Promise<Meta> {
  const meta = aMeta();
  expect(await store.replaceMeta((await store.readMeta(deadline())).meta, meta, deadline())).to.equal(true);
  return meta;
}
