import { expect } from 'chai';
import { encodeLease, encodeMarker, encodeValue } from '../../../src/app/freshness/cache-entry.ts';
import type { Group } from '../../../src/app/freshness/pending-groups.ts';
import { emailKey, type RecordKey, recordId, userKey } from '../../../src/domain/records.ts';
import type { User } from '../../../src/domain/user.ts';
import { serverOf } from '../../contracts/cache/cache-under-test.ts';
import { aChange, aUser, create, text, uniqueUsername, update } from '../../support/accounts.ts';
import { freshStack } from '../../support/fresh-stack.ts';
import { openKey } from '../../support/open-epoch.ts';
import type { CallOutcome } from '../../support/scripted-cache.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

/** A stack with this number of users. */
async function stackWithUsers(count: number) {
  const stack = freshStack();
  const { store, clock, shared } = stack;
  const users = Array.from({ length: count }, () => aUser({ username: uniqueUsername() }));
  const until = () => clock.monotonic() + 1000;
  for (const user of users) await store.commit(aChange([create(userKey(user.username), user)]), until());
  const cacheKeyOf = (key: RecordKey) => openKey(recordId(key));
  const keys = users.map(({ username }): RecordKey => userKey(username));
  const group = (...which: number[]): Group => which.flatMap((i) => keys[i] ?? []);
  const putMarker = (i: number) =>
    shared.put(cacheKeyOf(group(i)[0] as RecordKey), encodeMarker('writer'), 5000, serverOf(shared), until());
  const entry = (i: number) => shared.get(cacheKeyOf(group(i)[0] as RecordKey), serverOf(shared), until());
  const versions = async (groups: readonly Group[]) =>
    (await stack.reader.readGroups(groups)).map((answer) => answer.map(({ version }) => version));
  const snapshots: string[][] = [];
  const { readMany } = store;
  store.readMany = (all, deadline) => {
    snapshots.push(all.map(recordId));
    return readMany.call(store, all, deadline) as never;
  };
  const resetCalls = () => {
    snapshots.length = 0;
    stack.cache.calls.length = 0;
  };
  const ids = (...which: number[]) => group(...which).map(recordId);
  return {
    ...stack,
    users,
    cacheKeyOf,
    group,
    ids,
    putMarker,
    entry,
    versions,
    snapshots,
    resetCalls,
    until,
  };
}

describe('reading several groups of records', () => {
  it('takes one cache round trip if all records are cached, with each key requested once', async () => {
    const { reader, cache, snapshots, group, resetCalls, users } = await stackWithUsers(4);
    await reader.readGroups([group(0, 1, 2, 3)]);
    await yieldToEventLoop();
    resetCalls();
    const answers = await reader.readGroups([group(0, 1), group(0, 2), group(0, 1), group(3)]);
    expect(answers.map((answer) => answer.map(({ record }) => record))).to.deep.equal([
      [users[0], users[1]],
      [users[0], users[2]],
      [users[0], users[1]],
      [users[3]],
    ]);
    expect(snapshots).to.deep.equal([]);
    expect(cache.calls.map(({ operation, keys }) => [operation, keys.length])).to.deep.equal([
      ['getMany', 4],
    ]);
  });

  it('answers completely cached groups from the cache and reads the other groups in one snapshot', async () => {
    const { reader, cache, snapshots, group, ids, resetCalls } = await stackWithUsers(5);
    await reader.readGroups([group(0, 1, 2)]);
    await yieldToEventLoop();
    resetCalls();
    await reader.readGroups([group(0, 1), group(0, 3), group(2, 4)]);
    expect(snapshots).to.deep.equal([ids(0, 3, 2, 4)]);
    expect(cache.of('getMany')).to.have.length(1);
    expect(cache.of('add'), 'leases for what is missing').to.have.length(2);
    await yieldToEventLoop();
    expect(cache.of('replace'), 'fills under them').to.have.length(2);
    resetCalls();
    await reader.readGroups([group(0, 1), group(0, 3), group(2, 4)]);
    expect(snapshots).to.deep.equal([]);
  });

  it('never combines cached values and stored records in one group', async () => {
    const { reader, store, group, users, versions, until } = await stackWithUsers(2);
    await reader.readGroups([group(0)]);
    await yieldToEventLoop();
    // Changes both records after the cache lookup, bypassing the protocol, which would have marked the first one.
    store.beforeRead = async () => {
      store.beforeRead = async () => {};
      const renamed = (user: User | undefined) => ({ ...aUser(user), firstName: text('Renamed') });
      const writes = users.map((user) => update(userKey(user.username), 1, renamed(user)));
      await store.commit(aChange(writes), until());
    };
    expect(await versions([group(0), group(0, 1)])).to.deep.equal([[1], [2, 2]]);
  });

  it('starts the snapshots only after the responses for all leases', async () => {
    const { reader, cache, store, group } = await stackWithUsers(3);
    const order: string[] = [];
    cache.script = async ({ operation }): Promise<CallOutcome> => {
      await yieldToEventLoop();
      order.push(operation);
      return 'answered';
    };
    store.beforeRead = async () => void order.push('snapshot');
    await reader.readGroups([group(0, 1), group(0, 2)]);
    expect(order.slice(0, 5)).to.deep.equal(['getMany', 'add', 'add', 'add', 'snapshot']);
  });

  it('reads at most 100 keys per snapshot and fills a record in several snapshots once', async () => {
    const { reader, cache, snapshots, group, versions } = await stackWithUsers(160);
    const groups = Array.from({ length: 53 }, (_, i) => group(0, 1 + 3 * i, 2 + 3 * i, 3 + 3 * i));
    const answers = await versions(groups);
    expect(answers.every((answer) => answer.join() === '1,1,1,1')).to.equal(true);
    expect(snapshots.map(({ length }) => length)).to.deep.equal([100, 61]);
    await yieldToEventLoop();
    expect(cache.of('add')).to.have.length(160);
    expect(cache.of('replace')).to.have.length(160);
    expect(await reader.readGroups([group(0, 159)])).to.have.length(1);
    expect(snapshots).to.have.length(2);
  });

  it('reads a marked record from the store without waiting, and neither leases nor fills it', async () => {
    const { cache, snapshots, group, ids, putMarker, versions, entry, resetCalls } = await stackWithUsers(4);
    await versions([group(0, 1)]);
    await yieldToEventLoop();
    await putMarker(1);
    resetCalls();
    expect(await versions([group(0), group(1, 2)])).to.deep.equal([[1], [1, 1]]);
    expect(snapshots).to.deep.equal([ids(1, 2)]);
    expect(cache.of('add').map(({ keys }) => keys)).to.have.length(1);
    expect(await entry(1)).to.equal(encodeMarker('writer'));
  });

  it('reads the store while the cache fails, with as many groups per snapshot as possible', async () => {
    const { cache, snapshots, group, ids, versions } = await stackWithUsers(3);
    cache.script = () => 'failed';
    expect(await versions([group(0, 1), group(0, 2)])).to.deep.equal([
      [1, 1],
      [1, 1],
    ]);
    expect(snapshots).to.deep.equal([ids(0, 1, 2)]);
    expect(cache.of('add')).to.deep.equal([]);
  });

  it('ignores a cache lookup that returns after the circuit breaker has opened', async () => {
    const { reader, cache, breaker, snapshots, group, resetCalls } = await stackWithUsers(2);
    await reader.readGroups([group(0, 1)]);
    await yieldToEventLoop();
    resetCalls();
    cache.script = ({ operation }) => {
      if (operation === 'getMany') breaker.mayTrustCache = () => false;
      return 'answered';
    };
    await reader.readGroups([group(0), group(1)]);
    expect(snapshots).to.have.length(1);
  });

  it('reads everything from the store if one record is of a kind that is never cached', async () => {
    const { reader, cache, snapshots, group } = await stackWithUsers(1);
    await reader.readGroups([group(0), [emailKey('ann@example.org' as never)]]);
    expect(cache.calls).to.deep.equal([]);
    expect(snapshots).to.have.length(1);
  });

  describe('while other readers are loading them', () => {
    const leased = async () => {
      const stack = await stackWithUsers(3);
      const { shared, group, cacheKeyOf, until, users } = stack;
      const key = (i: number) => cacheKeyOf(group(i)[0] as RecordKey);
      for (const i of [0, 1, 2])
        await shared.add(key(i), encodeLease(`other-${i}`), 2000, serverOf(shared), until());
      const fill = (i: number) =>
        shared.replace(
          key(i),
          encodeLease(`other-${i}`),
          encodeValue(1, users[i]),
          5000,
          serverOf(shared),
          until(),
        );
      return { ...stack, fill };
    };

    it('waits, then reads only the groups from the store that were not filled', async () => {
      const { reader, clock, snapshots, group, ids, fill, cache } = await leased();
      const reading = reader.readGroups([group(0), group(1, 2)]);
      await yieldToEventLoop();
      await fill(0);
      await fill(1);
      for (let poll = 0; poll < 5; poll += 1) {
        expect(snapshots).to.deep.equal([]);
        await clock.advance(10);
        await yieldToEventLoop();
      }
      expect(await reading).to.have.length(2);
      expect(snapshots).to.deep.equal([ids(1, 2)]);
      expect(cache.of('replace')).to.deep.equal([]);
    });

    it('returns the filled values with one cache lookup', async () => {
      const { reader, clock, snapshots, group, fill, cache } = await leased();
      const reading = reader.readGroups([group(0, 1), group(1, 2)]);
      await yieldToEventLoop();
      for (const i of [0, 1, 2]) await fill(i);
      await clock.advance(10);
      expect(await reading).to.have.length(2);
      expect(snapshots).to.deep.equal([]);
      expect(cache.of('getMany')).to.have.length(2);
    });

    it('stops waiting if a writer marks a record', async () => {
      const { reader, clock, snapshots, group, putMarker } = await leased();
      const reading = reader.readGroups([group(0), group(1)]);
      await yieldToEventLoop();
      await putMarker(1);
      await clock.advance(10);
      await reading;
      expect(snapshots).to.have.length(1);
    });

    it('does not wait if another record must be read from the store anyway', async () => {
      const { reader, snapshots, group, shared, cacheKeyOf, until } = await leased();
      await shared.put(
        cacheKeyOf(group(2)[0] as RecordKey),
        encodeMarker('writer'),
        5000,
        serverOf(shared),
        until(),
      );
      await reader.readGroups([group(0), group(1), group(2)]);
      expect(snapshots).to.have.length(1);
    });
  });
});
