import { expect } from 'chai';
import { encodeMarker, encodeValue } from '../../../src/app/freshness/cache-entry.ts';
import { ConsistencySampler } from '../../../src/app/freshness/consistency-sampler.ts';
import { type Loaded, type RecordKey, recordId, userKey } from '../../../src/domain/records.ts';
import { StoreUnavailable } from '../../../src/ports/errors.ts';
import { serverOf } from '../../contracts/cache/cache-under-test.ts';
import { aChange, aUser, create, erase, text, uniqueUsername, update } from '../../support/accounts.ts';
import { freshStack, SETTINGS } from '../../support/fresh-stack.ts';
import { openKey } from '../../support/open-epoch.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

/** A user in the store at version 1, and the sampler of every look. */
async function samplerStack(share = 1) {
  const stack = freshStack();
  const { store, shared, clock, keeper, signals } = stack;
  const user = aUser({ username: uniqueUsername() });
  const key = userKey(user.username);
  const until = () => clock.monotonic() + 1000;
  await store.commit(aChange([create(key, user)]), until());
  const at = openKey(recordId(key));
  const permit = await keeper.permit();
  const keyspace = { server: serverOf(shared), keyOf: (of: RecordKey) => openKey(recordId(of)) };
  const telemetry = { emit: (signal: (typeof signals)[number]) => void signals.push(signal) };
  let drawn = 0;
  const ids = { userId: () => '', organizationId: () => '', token: () => '', fraction: () => drawn };
  const sampler = new ConsistencySampler({
    ...stack,
    settings: { ...SETTINGS, sample: share },
    ids,
    telemetry,
  });
  const sample = (hits: readonly Loaded[]) => sampler.sample(hits, { lookups: [], keyspace, permit });
  const hit = (version: number, record: Loaded['record'] = user): Loaded => ({ key, version, record });
  const outcomes = async () => {
    await yieldToEventLoop();
    return signals.flatMap((signal) => (signal.type === 'consistency_sample' ? [signal.outcome] : []));
  };
  const draw = (fraction: number) => {
    drawn = fraction;
  };
  const putValue = (version: number, record: Loaded['record'] = user) =>
    shared.put(at, encodeValue(version, record), 60_000, serverOf(shared), until());
  const rename = (version: number) =>
    store.commit(aChange([update(key, version, { ...user, firstName: text('Renamed') })]), until());
  return { ...stack, user, key, at, until, sample, hit, outcomes, draw, putValue, rename };
}

describe('ConsistencySampler', () => {
  it('ignores the order of fields', async () => {
    const { sample, hit, user, outcomes } = await samplerStack();
    sample([hit(1, Object.fromEntries(Object.entries(user).reverse()) as unknown as typeof user)]);
    expect(await outcomes()).to.deep.equal(['agreed']);
  });

  it('reports an entry that is older than the store, with both versions', async () => {
    const { sample, hit, key, putValue, rename, outcomes, signals } = await samplerStack();
    await rename(1);
    await putValue(1);
    sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['disagreed']);
    expect(signals).to.deep.include({
      type: 'consistency_sample',
      outcome: 'disagreed',
      key,
      cachedVersion: 1,
      storedVersion: 2,
    });
  });

  it('reports that the store read was old if the cache has a later version', async () => {
    const { sample, hit, putValue, outcomes } = await samplerStack();
    await putValue(2);
    sample([hit(2)]);
    expect(await outcomes()).to.deep.equal(['store_read_old']);
  });

  it('reports an entry with the version of the store but different content', async () => {
    const { sample, hit, user, putValue, outcomes } = await samplerStack();
    const other = { ...user, firstName: text('Other') };
    await putValue(1, other);
    sample([hit(1, other)]);
    expect(await outcomes()).to.deep.equal(['disagreed']);
  });

  it('reports an entry of a deleted record', async () => {
    const { sample, hit, key, store, putValue, outcomes, until } = await samplerStack();
    await store.commit(aChange([erase(key, 1)]), until());
    await putValue(1);
    sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['disagreed']);
  });

  it('treats absence as equal, whether or not the tombstone still exists', async () => {
    const { sample, outcomes } = await samplerStack();
    sample([{ key: userKey(uniqueUsername()), version: 2, record: undefined }]);
    expect(await outcomes()).to.deep.equal(['agreed']);
  });

  for (const [what, put] of [
    ['has been evicted', () => undefined],
    ['has been marked', encodeMarker],
  ] as const) {
    it(`ignores a difference if the entry ${what} meanwhile: the record was being changed`, async () => {
      const { sample, hit, shared, at, rename, outcomes, until } = await samplerStack();
      await rename(1);
      const entry = put('writer');
      if (entry !== undefined) await shared.put(at, entry, 5000, serverOf(shared), until());
      sample([hit(1)]);
      expect(await outcomes()).to.deep.equal(['agreed']);
    });
  }

  it('ignores an entry that was true between the two reads of the store', async () => {
    const { sample, hit, store, putValue, rename, outcomes } = await samplerStack();
    await rename(1);
    await putValue(3);
    let reads = 0;
    store.beforeRead = async () => {
      reads += 1;
      if (reads === 2) for (const version of [2, 3]) await rename(version);
    };
    sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['agreed']);
    expect(reads).to.equal(2);
  });

  it('samples the configured fraction of lookups and selects one value with the same random number', async () => {
    const { sample, hit, draw, store, outcomes } = await samplerStack(0.5);
    const other = userKey(uniqueUsername());
    const asked: string[] = [];
    const { readMany } = store;
    store.readMany = (keys, deadline) => {
      asked.push(...keys.map(recordId));
      return readMany.call(store, keys, deadline) as never;
    };
    for (const fraction of [0.5, 0.99, 0.24, 0.26]) {
      draw(fraction);
      sample([hit(1), { key: other, version: 0, record: undefined }]);
      await yieldToEventLoop();
    }
    expect(asked).to.deep.equal([recordId(hit(1).key), recordId(other)]);
    expect(await outcomes()).to.deep.equal(['agreed', 'agreed']);
  });

  it('compares nothing if the sample is 0 or the lookup found no values', async () => {
    const { sample, hit, outcomes } = await samplerStack(0);
    sample([hit(1)]);
    expect(await outcomes()).to.deep.equal([]);
    const { sample: sampleAll, outcomes: none } = await samplerStack(1);
    sampleAll([]);
    expect(await none()).to.deep.equal([]);
  });

  it('runs at most four comparisons at a time, however slow the store is', async () => {
    const { sample, hit, store, outcomes } = await samplerStack();
    let go = () => {};
    const slow = new Promise<void>((resolve) => {
      go = resolve;
    });
    store.beforeRead = () => slow;
    store.reads = 0;
    for (let n = 0; n < 100; n += 1) sample([hit(1)]);
    await yieldToEventLoop();
    expect(store.reads).to.equal(4);
    go();
    expect(await outcomes()).to.deep.equal(Array(4).fill('agreed'));
    sample([hit(1)]);
    expect(await outcomes()).to.have.length(5);
  });

  it('reports a failed comparison and does not throw', async () => {
    const { sample, hit, store, outcomes } = await samplerStack();
    store.beforeRead = () => Promise.reject(new StoreUnavailable('scripted'));
    sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['failed']);
  });
});
