import { expect } from 'chai';
import type { Meta, UserStore } from '../../../src/ports/user-store.ts';
import { unique } from '../../support/accounts.ts';
import { handlesOf, type Opened, scribble, soon, upTo } from './store-under-test.ts';

/** The meta record is replaced only by who knows what it is. */
export function metaRules(opened: Opened): void {
  it('a fresh store has none', async () => {
    const { store, shared } = opened();
    if (shared !== true) expect(await store.readMeta(soon())).to.equal(undefined);
  });

  it('is set by who knows what was there, and then read by everybody', async () => {
    const handle = await handlesOf(opened());
    const [first, second] = [
      aMeta({ generation: 1 }),
      aMeta({ generation: 2, cache: `redis "x" 'y' \\ 😀` }),
    ];
    expect(await handle(0).replaceMeta(await handle(0).readMeta(soon()), first, soon())).to.equal(true);
    expect(await handle(1).readMeta(soon())).to.deep.equal(first);
    expect(await handle(1).replaceMeta(first, second, soon())).to.equal(true);
    expect(await handle(0).readMeta(soon())).to.deep.equal(second);
  });

  it('is not replaced by who expects another, in whatever field, or none', async () => {
    const { store } = opened();
    const meta = await set(store);
    const wrong: (Meta | undefined)[] = [
      undefined,
      { ...meta, storeId: `${meta.storeId}x` },
      { ...meta, generation: meta.generation + 1 },
      { ...meta, cache: '' },
    ];
    for (const expected of wrong) {
      expect(await store.replaceMeta(expected, aMeta(), soon())).to.equal(false);
      expect(await store.readMeta(soon())).to.deep.equal(meta);
    }
  });

  it('is not replaced where one is expected and there is none', async () => {
    const { store, shared } = opened();
    if (shared === true) return;
    expect(await store.replaceMeta(aMeta(), aMeta(), soon())).to.equal(false);
    expect(await store.readMeta(soon())).to.equal(undefined);
  });

  it('is compared field by field, in whatever order the fields are given', async () => {
    const { store } = opened();
    const { storeId, generation, cache } = await set(store);
    const next = aMeta();
    expect(await store.replaceMeta({ cache, generation, storeId }, next, soon())).to.equal(true);
    expect(await store.readMeta(soon())).to.deep.equal(next);
  });

  it('of 20 parallel replacements exactly one is done', async () => {
    const handle = await handlesOf(opened());
    for (let round = 0; round < 5; round += 1) {
      const before = await handle(round).readMeta(soon());
      const candidates = upTo(20).map((generation) => aMeta({ generation }));
      const done = await Promise.all(
        candidates.map((next, index) => handle(index).replaceMeta(before, next, soon())),
      );
      expect(done.filter((one) => one)).to.have.length(1);
      expect(await handle(1).readMeta(soon())).to.deep.equal(candidates[done.indexOf(true)]);
    }
  });

  it('changing one that was given or read changes nothing in the store', async () => {
    const { store } = opened();
    const meta = await set(store);
    const kept = { ...meta };
    scribble(meta);
    scribble(await store.readMeta(soon()));
    expect(await store.readMeta(soon())).to.deep.equal(kept);
  });

  it('a store says whether this process has it alone, and sharing it hurts nobody', async () => {
    const { store } = opened();
    expect(store.exclusive).to.be.a('boolean');
    const meta = await set(store);
    await store.share(soon());
    await store.share(soon());
    expect(store.exclusive).to.be.a('boolean');
    expect(await store.readMeta(soon())).to.deep.equal(meta);
    expect(await store.replaceMeta(meta, aMeta(), soon())).to.equal(true);
  });
}

function aMeta(over: Partial<Meta> = {}): Meta {
  return { storeId: unique('store'), generation: 1, cache: 'memory', ...over };
}

/** Puts a meta record in, whatever was there. */
async function set(store: UserStore): Promise<Meta> {
  const meta = aMeta();
  expect(await store.replaceMeta(await store.readMeta(soon()), meta, soon())).to.equal(true);
  return meta;
}
