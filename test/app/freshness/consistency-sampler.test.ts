import { expect } from 'chai';
import { encodeMarker, encodeValue } from '../../../src/app/freshness/cache-entry.ts';
import { ConsistencySampler } from '../../../src/app/freshness/consistency-sampler.ts';
import { type Loaded, recordId, userKey } from '../../../src/domain/records.ts';
import { StoreUnavailable } from '../../../src/ports/errors.ts';
import { aChange, aUser, create, erase, text, uniqueUsername, update } from '../../support/accounts.ts';
import { freshStack, SETTINGS } from '../../support/fresh-stack.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

/** A user in the store at version 1, and the sampler of every look. */
async function samplerStack(sample = 1) {
  const stack = freshStack();
  const { store, shared, clock, binding, signals } = stack;
  const user = aUser({ username: uniqueUsername() });
  const key = userKey(user.username);
  const until = () => clock.monotonic() + 1000;
  await store.commit(aChange([create(key, user)]), until());
  const { storeId, generation } = await binding.establish(until());
  const at = `${storeId}:${generation}:${recordId(key)}`;
  const telemetry = { emit: (signal: (typeof signals)[number]) => void signals.push(signal) };
  let drawn = 0;
  const ids = { userId: () => '', organizationId: () => '', token: () => '', fraction: () => drawn };
  const sampler = new ConsistencySampler({ ...stack, settings: { ...SETTINGS, sample }, ids, telemetry });
  const hit = (version: number, record: Loaded['record'] = user): Loaded => ({ key, version, record });
  const outcomes = async () => {
    await yieldToEventLoop();
    return signals.flatMap((signal) => (signal.type === 'consistency_sample' ? [signal.outcome] : []));
  };
  const draw = (fraction: number) => {
    drawn = fraction;
  };
  const putValue = (version: number, record: Loaded['record'] = user) =>
    shared.put(at, encodeValue(version, record), 60_000, until());
  const rename = (version: number) =>
    store.commit(aChange([update(key, version, { ...user, firstName: text('Renamed') })]), until());
  return { ...stack, user, key, at, until, sampler, hit, outcomes, draw, putValue, rename };
}

describe('ConsistencySampler', () => {
  it('ignores the order of fields', async () => {
    const { sampler, hit, user, outcomes } = await samplerStack();
    sampler.sample([hit(1, Object.fromEntries(Object.entries(user).reverse()) as unknown as typeof user)]);
    expect(await outcomes()).to.deep.equal(['agreed']);
  });

  it('reports an entry that is older than the store, with both versions', async () => {
    const { sampler, hit, key, putValue, rename, outcomes, signals } = await samplerStack();
    await rename(1);
    await putValue(1);
    sampler.sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['disagreed']);
    expect(signals).to.deep.include({
      type: 'consistency_sample',
      outcome: 'disagreed',
      key,
      cachedVersion: 1,
      storedVersion: 2,
    });
  });

  it('reports an entry that is newer than the store', async () => {
    const { sampler, hit, putValue, outcomes } = await samplerStack();
    await putValue(2);
    sampler.sample([hit(2)]);
    expect(await outcomes()).to.deep.equal(['disagreed']);
  });

  it('reports an entry with the version of the store but different content', async () => {
    const { sampler, hit, user, putValue, outcomes } = await samplerStack();
    const other = { ...user, firstName: text('Other') };
    await putValue(1, other);
    sampler.sample([hit(1, other)]);
    expect(await outcomes()).to.deep.equal(['disagreed']);
  });

  it('reports an entry of a deleted record', async () => {
    const { sampler, hit, key, store, putValue, outcomes, until } = await samplerStack();
    await store.commit(aChange([erase(key, 1)]), until());
    await putValue(1);
    sampler.sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['disagreed']);
  });

  it('treats absence as equal, whether or not the tombstone still exists', async () => {
    const { sampler, outcomes } = await samplerStack();
    sampler.sample([{ key: userKey(uniqueUsername()), version: 2, record: undefined }]);
    expect(await outcomes()).to.deep.equal(['agreed']);
  });

  for (const [what, put] of [
    ['has been evicted', () => undefined],
    ['has been marked', encodeMarker],
  ] as const) {
    it(`ignores a difference if the entry ${what} meanwhile: the record was being changed`, async () => {
      const { sampler, hit, shared, at, rename, outcomes, until } = await samplerStack();
      await rename(1);
      const entry = put('writer');
      if (entry !== undefined) await shared.put(at, entry, 5000, until());
      sampler.sample([hit(1)]);
      expect(await outcomes()).to.deep.equal(['agreed']);
    });
  }

  it('ignores an entry that was true between the two reads of the store', async () => {
    const { sampler, hit, store, putValue, rename, outcomes } = await samplerStack();
    await rename(1);
    await putValue(3);
    let reads = 0;
    store.beforeRead = async () => {
      reads += 1;
      if (reads === 2) for (const version of [2, 3]) await rename(version);
    };
    sampler.sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['agreed']);
    expect(reads).to.equal(2);
  });

  it('samples the configured fraction of lookups and selects one value with the same random number', async () => {
    const { sampler, hit, draw, store, outcomes } = await samplerStack(0.5);
    const other = userKey(uniqueUsername());
    const asked: string[] = [];
    const { readMany } = store;
    store.readMany = (keys, deadline) => {
      asked.push(...keys.map(recordId));
      return readMany.call(store, keys, deadline) as never;
    };
    for (const fraction of [0.5, 0.99, 0.24, 0.26]) {
      draw(fraction);
      sampler.sample([hit(1), { key: other, version: 0, record: undefined }]);
      await yieldToEventLoop();
    }
    expect(asked).to.deep.equal([recordId(hit(1).key), recordId(other)]);
    expect(await outcomes()).to.deep.equal(['agreed', 'agreed']);
  });

  it('compares nothing if the sample is 0 or the lookup found no values', async () => {
    const { sampler, hit, outcomes } = await samplerStack(0);
    sampler.sample([hit(1)]);
    expect(await outcomes()).to.deep.equal([]);
    const { sampler: all, outcomes: none } = await samplerStack(1);
    all.sample([]);
    expect(await none()).to.deep.equal([]);
  });

  it('runs at most four comparisons at a time, however slow the store is', async () => {
    const { sampler, hit, store, outcomes } = await samplerStack();
    let go = () => {};
    const slow = new Promise<void>((resolve) => {
      go = resolve;
    });
    store.beforeRead = () => slow;
    store.reads = 0;
    for (let n = 0; n < 100; n += 1) sampler.sample([hit(1)]);
    expect(store.reads).to.equal(4);
    go();
    expect(await outcomes()).to.deep.equal(Array(4).fill('agreed'));
    sampler.sample([hit(1)]);
    expect(await outcomes()).to.have.length(5);
  });

  it('reports a failed comparison and does not throw', async () => {
    const { sampler, hit, store, outcomes } = await samplerStack();
    store.beforeRead = () => Promise.reject(new StoreUnavailable('scripted'));
    sampler.sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['failed']);
  });
});
