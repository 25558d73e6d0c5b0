import { expect } from 'chai';
import { encodeMarker, encodeValue } from '../../../src/app/freshness/cache-entry.ts';
import { ConsistencySampler } from '../../../src/app/freshness/consistency-sampler.ts';
import { type Loaded, recordId, userKey } from '../../../src/domain/records.ts';
import { StoreUnavailable } from '../../../src/ports/errors.ts';
import { aChange, aUser, create, erase, text, uniqueUsername, update } from '../../support/accounts.ts';
import { freshStack, SETTINGS } from '../../support/fresh-stack.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

/** A user in the store at version 1, and the check of every look. */
async function checking(sample = 1) {
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
  const check = new ConsistencySampler({ ...stack, settings: { ...SETTINGS, sample }, ids, telemetry });
  const hit = (version: number, record: Loaded['record'] = user): Loaded => ({ key, version, record });
  const outcomes = async () => {
    await yieldToEventLoop();
    return signals.flatMap((signal) => (signal.type === 'consistency_sample' ? [signal.outcome] : []));
  };
  const draw = (fraction: number) => {
    drawn = fraction;
  };
  const cached = (version: number, record: Loaded['record'] = user) =>
    shared.put(at, encodeValue(version, record), 60_000, until());
  const rename = (version: number) =>
    store.commit(aChange([update(key, version, { ...user, firstName: text('Renamed') })]), until());
  return { ...stack, user, key, at, until, check, hit, outcomes, draw, cached, rename };
}

describe('the spot check of cached answers', () => {
  it('agrees with what the store holds, in whatever order the fields stand', async () => {
    const { check, hit, user, outcomes } = await checking();
    check.sample([hit(1, Object.fromEntries(Object.entries(user).reverse()) as unknown as typeof user)]);
    expect(await outcomes()).to.deep.equal(['agreed']);
  });

  it('finds an entry that is older than the store, and says which versions', async () => {
    const { check, hit, key, cached, rename, outcomes, signals } = await checking();
    await rename(1);
    await cached(1);
    check.sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['disagreed']);
    expect(signals).to.deep.include({
      type: 'consistency_sample',
      outcome: 'disagreed',
      key,
      cachedVersion: 1,
      storedVersion: 2,
    });
  });

  it('finds an entry of a change that the store does not hold', async () => {
    const { check, hit, cached, outcomes } = await checking();
    await cached(2);
    check.sample([hit(2)]);
    expect(await outcomes()).to.deep.equal(['disagreed']);
  });

  it('finds an entry that has the version of the store, but says something else', async () => {
    const { check, hit, user, cached, outcomes } = await checking();
    const other = { ...user, firstName: text('Other') };
    await cached(1, other);
    check.sample([hit(1, other)]);
    expect(await outcomes()).to.deep.equal(['disagreed']);
  });

  it('finds somebody who is there no more', async () => {
    const { check, hit, key, store, cached, outcomes, until } = await checking();
    await store.commit(aChange([erase(key, 1)]), until());
    await cached(1);
    check.sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['disagreed']);
  });

  it('takes absence for the same, whether or not the tombstone is still kept', async () => {
    const { check, outcomes } = await checking();
    check.sample([{ key: userKey(uniqueUsername()), version: 2, record: undefined }]);
    expect(await outcomes()).to.deep.equal(['agreed']);
  });

  for (const [what, put] of [
    ['gone', () => undefined],
    ['marked', encodeMarker],
  ] as const) {
    it(`says nothing of a difference that is ${what} by now: the record was just being changed`, async () => {
      const { check, hit, shared, at, rename, outcomes, until } = await checking();
      await rename(1);
      const entry = put('writer');
      if (entry !== undefined) await shared.put(at, entry, 5000, until());
      check.sample([hit(1)]);
      expect(await outcomes()).to.deep.equal(['agreed']);
    });
  }

  it('says nothing of an entry that became true while it looked', async () => {
    const { check, hit, store, cached, rename, outcomes } = await checking();
    await rename(1);
    await cached(3);
    let reads = 0;
    store.beforeRead = async () => {
      reads += 1;
      if (reads === 2) for (const version of [2, 3]) await rename(version);
    };
    check.sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['agreed']);
    expect(reads).to.equal(2);
  });

  it('compares as many looks as it is told, and which of the values by the same draw', async () => {
    const { check, hit, draw, store, outcomes } = await checking(0.5);
    const other = userKey(uniqueUsername());
    const asked: string[] = [];
    const { readMany } = store;
    store.readMany = (keys, deadline) => {
      asked.push(...keys.map(recordId));
      return readMany.call(store, keys, deadline) as never;
    };
    for (const fraction of [0.5, 0.99, 0.24, 0.26]) {
      draw(fraction);
      check.sample([hit(1), { key: other, version: 0, record: undefined }]);
      await yieldToEventLoop();
    }
    expect(asked).to.deep.equal([recordId(hit(1).key), recordId(other)]);
    expect(await outcomes()).to.deep.equal(['agreed', 'agreed']);
  });

  it('compares nothing where the sample is 0, and nothing where the look found nothing', async () => {
    const { check, hit, outcomes } = await checking(0);
    check.sample([hit(1)]);
    expect(await outcomes()).to.deep.equal([]);
    const { check: all, outcomes: none } = await checking(1);
    all.sample([]);
    expect(await none()).to.deep.equal([]);
  });

  it('compares no more than four at a time, however slow the store is', async () => {
    const { check, hit, store, outcomes } = await checking();
    let go = () => {};
    const slow = new Promise<void>((resolve) => {
      go = resolve;
    });
    store.beforeRead = () => slow;
    store.reads = 0;
    for (let n = 0; n < 100; n += 1) check.sample([hit(1)]);
    expect(store.reads).to.equal(4);
    go();
    expect(await outcomes()).to.deep.equal(Array(4).fill('agreed'));
    check.sample([hit(1)]);
    expect(await outcomes()).to.have.length(5);
  });

  it('says so, and throws nothing, when it cannot compare', async () => {
    const { check, hit, store, outcomes } = await checking();
    store.beforeRead = () => Promise.reject(new StoreUnavailable('scripted'));
    check.sample([hit(1)]);
    expect(await outcomes()).to.deep.equal(['failed']);
  });
});
