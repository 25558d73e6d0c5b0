import { expect } from 'chai';
import type { Meta, UserStore } from '../../../src/ports/user-store.ts';
import { unique } from '../../support/accounts.ts';
import { deadline } from '../../support/deadline.ts';
import { type CurrentStore, handlesOf, mutateDeeply, oneTo } from './store-under-test.ts';

/** The meta record is replaced only by who knows what it is. */
export function metaRules(current: CurrentStore): void {
  it('a fresh store has none', async () => {
    const { store, shared } = current();
    if (shared !== true) expect(await store.readMeta(deadline())).to.equal(undefined);
  });

  it('is set by who knows what was there, and then read by everybody', async () => {
    const handle = await handlesOf(current());
    const [first, second] = [
      aMeta({ generation: 1 }),
      aMeta({ generation: 2, cache: `redis "x" 'y' \\ 😀` }),
    ];
    expect(await handle(0).replaceMeta(await handle(0).readMeta(deadline()), first, deadline())).to.equal(
      true,
    );
    expect(await handle(1).readMeta(deadline())).to.deep.equal(first);
    expect(await handle(1).replaceMeta(first, second, deadline())).to.equal(true);
    expect(await handle(0).readMeta(deadline())).to.deep.equal(second);
  });

  it('is not replaced by who expects another, in whatever field, or none', async () => {
    const { store } = current();
    const meta = await set(store);
    const wrong: (Meta | undefined)[] = [
      undefined,
      { ...meta, storeId: `${meta.storeId}x` },
      { ...meta, generation: meta.generation + 1 },
      { ...meta, cache: '' },
    ];
    for (const expected of wrong) {
      expect(await store.replaceMeta(expected, aMeta(), deadline())).to.equal(false);
      expect(await store.readMeta(deadline())).to.deep.equal(meta);
    }
  });

  it('is not replaced where one is expected and there is none', async () => {
    const { store, shared } = current();
    if (shared === true) return;
    expect(await store.replaceMeta(aMeta(), aMeta(), deadline())).to.equal(false);
    expect(await store.readMeta(deadline())).to.equal(undefined);
  });

  it('is compared field by field, in whatever order the fields are given', async () => {
    const { store } = current();
    const { storeId, generation, cache } = await set(store);
    const next = aMeta();
    expect(await store.replaceMeta({ cache, generation, storeId }, next, deadline())).to.equal(true);
    expect(await store.readMeta(deadline())).to.deep.equal(next);
  });

  it('of 20 parallel replacements exactly one is done', async () => {
    const handle = await handlesOf(current());
    for (let round = 0; round < 5; round += 1) {
      const before = await handle(round).readMeta(deadline());
      const candidates = oneTo(20).map((generation) => aMeta({ generation }));
      const done = await Promise.all(
        candidates.map((next, index) => handle(index).replaceMeta(before, next, deadline())),
      );
      expect(done.filter((one) => one)).to.have.length(1);
      expect(await handle(1).readMeta(deadline())).to.deep.equal(candidates[done.indexOf(true)]);
    }
  });

  it('changing one that was given or read changes nothing in the store', async () => {
    const { store } = current();
    const meta = await set(store);
    const kept = { ...meta };
    mutateDeeply(meta);
    mutateDeeply(await store.readMeta(deadline()));
    expect(await store.readMeta(deadline())).to.deep.equal(kept);
  });

  it('a store says whether this process has it alone, and sharing it hurts nobody', async () => {
    const { store } = current();
    expect(store.exclusive).to.be.a('boolean');
    const meta = await set(store);
    await store.share(deadline());
    await store.share(deadline());
    expect(store.exclusive).to.be.a('boolean');
    expect(await store.readMeta(deadline())).to.deep.equal(meta);
    expect(await store.replaceMeta(meta, aMeta(), deadline())).to.equal(true);
  });
}

function aMeta(over: Partial<Meta> = {}): Meta {
  return { storeId: unique('store'), generation: 1, cache: 'memory', ...over };
}

/** Puts a meta record in, whatever was there. */
async function set(store: UserStore): Promise<Meta> {
  const meta = aMeta();
  expect(await store.replaceMeta(await store.readMeta(deadline()), meta, deadline())).to.equal(true);
  return meta;
}
