import { expect } from 'chai';
import { StoreServerChanged } from '../../../src/ports/errors.ts';
import type { Meta } from '../../../src/ports/meta-store.ts';
import { unique } from '../../support/accounts.ts';
import type { BoundStore } from '../../support/bound-store.ts';
import { deadline } from '../../support/deadline.ts';
import { openMeta } from '../../support/open-epoch.ts';
import { rejectionOf } from '../../support/rejection-of.ts';
import { type CurrentStore, handlesOf, mutateDeeply, oneTo } from './store-under-test.ts';

/** The meta record is replaced only if it equals the expected one. */
export function metaRules(current: CurrentStore): void {
  it('is absent in a new store', async () => {
    const { store, isShared } = current();
    if (isShared !== true) expect(await readMeta(store)).to.equal(undefined);
  });

  it('is replaced if it equals the expected record, and visible on every handle', async () => {
    const handle = await handlesOf(current());
    const [first, second] = [
      aMeta({ generation: 1 }),
      aMeta({ generation: 2, cache: `redis "x" 'y' \\ 😀` }),
    ];
    expect(await replaceMeta(handle(0), await readMeta(handle(0)), first)).to.equal(true);
    expect(await readMeta(handle(1))).to.deep.equal(first);
    expect(await replaceMeta(handle(1), first, second)).to.equal(true);
    expect(await readMeta(handle(0))).to.deep.equal(second);
  });

  it('keeps every field of an epoch', async () => {
    const { store } = current();
    const { epoch, ...others } = openMeta('redis 1', { storeServer: 'server' });
    const changes = [
      { at: '2026-01-01T00:00:00.000Z', to: 'open', by: 'an "instance"', why: 'waited' },
    ] as const;
    const meta = await setMeta(store, { ...others, epoch: { ...epoch, changes } });
    expect(await readMeta(store)).to.deep.equal(meta);
    const { token: _, cacheServer: __, ...rest } = epoch;
    const closed = aMeta({ epoch: { ...rest, state: 'closed', n: 2 } });
    expect(await replaceMeta(store, meta, closed)).to.equal(true);
    expect(await readMeta(store)).to.deep.equal(closed);
  });

  it('is not replaced if any field of the expected record differs, or if none is expected', async () => {
    const { store } = current();
    const { epoch } = openMeta('redis 1');
    const meta = await setMeta(store, aMeta({ epoch }));
    const { epoch: _, ...withoutEpoch } = meta;
    const wrong: (Meta | undefined)[] = [
      undefined,
      withoutEpoch,
      { ...meta, storeId: `${meta.storeId}x` },
      { ...meta, generation: meta.generation + 1 },
      { ...meta, cache: '' },
      { ...meta, epoch: { ...epoch, n: epoch.n + 1 } },
      { ...meta, epoch: { ...epoch, token: 'another' } },
      { ...meta, epoch: { ...epoch, by: 'another' } },
    ];
    for (const expected of wrong) {
      expect(await replaceMeta(store, expected, aMeta())).to.equal(false);
      expect(await readMeta(store)).to.deep.equal(meta);
    }
  });

  it('is not set if a record is expected but absent', async () => {
    const { store, isShared } = current();
    if (isShared === true) return;
    expect(await replaceMeta(store, aMeta(), aMeta())).to.equal(false);
    expect(await readMeta(store)).to.equal(undefined);
  });

  it('is compared as it was read', async () => {
    const { store } = current();
    await setMeta(store, openMeta('redis 1'));
    const next = aMeta();
    expect(await replaceMeta(store, await readMeta(store), next)).to.equal(true);
    expect(await readMeta(store)).to.deep.equal(next);
  });

  it('is replaced by exactly one of 20 concurrent replacements', async () => {
    const handle = await handlesOf(current());
    const { answeredBy } = await handle(1).readMeta(deadline());
    await handle(0).readMeta(deadline());
    for (let round = 0; round < 5; round += 1) {
      const before = await readMeta(handle(round));
      const candidates = oneTo(20).map((generation) => aMeta({ generation }));
      const results = await Promise.all(
        candidates.map((next, index) => handle(index).replaceMeta(before, next, answeredBy, deadline())),
      );
      expect(results.filter((one) => one)).to.have.length(1);
      expect(await readMeta(handle(1))).to.deep.equal(candidates[results.indexOf(true)]);
    }
  });

  it('is copied when it is stored and when it is read', async () => {
    const { store } = current();
    const meta = await setMeta(store);
    const kept = { ...meta };
    mutateDeeply(meta);
    mutateDeeply(await readMeta(store));
    expect(await readMeta(store)).to.deep.equal(kept);
  });

  it('names the server that answers, and rejects a replacement on another server', async () => {
    const { store } = current();
    const { meta, answeredBy } = await store.readMeta(deadline());
    expect(answeredBy).to.be.a('string').and.not.equal('');
    await rejectionOf(store.replaceMeta(meta, aMeta(), 'another server', deadline()), StoreServerChanged);
    expect(await readMeta(store)).to.deep.equal(meta);
  });

  it('can be replaced after `share`, which is idempotent', async () => {
    const { store } = current();
    expect(store.exclusive).to.be.a('boolean');
    const meta = await setMeta(store);
    await store.share(deadline());
    await store.share(deadline());
    expect(store.exclusive).to.be.a('boolean');
    expect(await readMeta(store)).to.deep.equal(meta);
    expect(await replaceMeta(store, meta, aMeta())).to.equal(true);
  });
}

function aMeta(over: Partial<Meta> = {}): Meta {
  return { storeId: unique('store'), generation: 1, cache: 'memory', ...over };
}

async function readMeta(store: BoundStore): Promise<Meta | undefined> {
  return (await store.readMeta(deadline())).meta;
}

async function replaceMeta(store: BoundStore, expected: Meta | undefined, next: Meta): Promise<boolean> {
  const { answeredBy } = await store.readMeta(deadline());
  return store.replaceMeta(expected, next, answeredBy, deadline());
}

/** Sets a meta record, regardless of the current one. */
async function setMeta(store: BoundStore, meta: Meta = aMeta()): Promise<Meta> {
  expect(await replaceMeta(store, await readMeta(store), meta)).to.equal(true);
  return meta;
}
