import { expect } from 'chai';
import { encodeLease, encodeMarker, encodeValue } from '../../../src/app/freshness/cache-entry.ts';
import type { Group } from '../../../src/app/freshness/pending-groups.ts';
import { emailKey, type RecordKey, recordId, userKey } from '../../../src/domain/records.ts';
import type { User } from '../../../src/domain/user.ts';
import { aChange, aUser, create, text, uniqueUsername, update } from '../../support/accounts.ts';
import { freshStack } from '../../support/fresh-stack.ts';
import type { Ending } from '../../support/scripted-cache.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

/** A stack whose store holds so many users. */
async function stackWithUsers(count: number) {
  const stack = freshStack();
  const { store, clock, binding, shared } = stack;
  const users = Array.from({ length: count }, () => aUser({ username: uniqueUsername() }));
  const until = () => clock.monotonic() + 1000;
  for (const user of users) await store.commit(aChange([create(userKey(user.username), user)]), until());
  const { storeId, generation } = await binding.establish(until());
  const at = (key: RecordKey) => `${storeId}:${generation}:${recordId(key)}`;
  const keys = users.map(({ username }): RecordKey => userKey(username));
  const group = (...which: number[]): Group => which.flatMap((i) => keys[i] ?? []);
  const putMarker = (i: number) =>
    shared.put(at(group(i)[0] as RecordKey), encodeMarker('writer'), 5000, until());
  const entry = (i: number) => shared.get(at(group(i)[0] as RecordKey), until());
  const versions = async (groups: readonly Group[]) =>
    (await stack.reader.readGroups(groups)).map((answer) => answer.map(({ version }) => version));
  const snapshots: string[][] = [];
  const { readMany } = store;
  store.readMany = (all, deadline) => {
    snapshots.push(all.map(recordId));
    return readMany.call(store, all, deadline) as never;
  };
  const forget = () => {
    snapshots.length = 0;
    stack.cache.calls.length = 0;
  };
  const ids = (...which: number[]) => group(...which).map(recordId);
  return { ...stack, users, at, group, ids, putMarker, entry, versions, snapshots, forget, until };
}

describe('reading several groups of records', () => {
  it('costs one round trip while the cache holds them all, each key asked for once', async () => {
    const { reader, cache, snapshots, group, forget, users } = await stackWithUsers(4);
    await reader.readGroups([group(0, 1, 2, 3)]);
    await yieldToEventLoop();
    forget();
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

  it('answers from the cache what is wholly there, and reads the rest in one snapshot, each group whole', async () => {
    const { reader, cache, snapshots, group, ids, forget } = await stackWithUsers(5);
    await reader.readGroups([group(0, 1, 2)]);
    await yieldToEventLoop();
    forget();
    await reader.readGroups([group(0, 1), group(0, 3), group(2, 4)]);
    expect(snapshots).to.deep.equal([ids(0, 3, 2, 4)]);
    expect(cache.of('getMany')).to.have.length(1);
    expect(cache.of('add'), 'leases for what is missing').to.have.length(2);
    await yieldToEventLoop();
    expect(cache.of('replace'), 'fills under them').to.have.length(2);
    forget();
    await reader.readGroups([group(0, 1), group(0, 3), group(2, 4)]);
    expect(snapshots).to.deep.equal([]);
  });

  it('puts no value from the cache together with a record from the store', async () => {
    const { reader, store, group, users, versions, until } = await stackWithUsers(2);
    await reader.readGroups([group(0)]);
    await yieldToEventLoop();
    // Both change after the look at the cache, past the protocol, which would have marked the first one.
    store.beforeRead = async () => {
      store.beforeRead = async () => {};
      const renamed = (user: User | undefined) => ({ ...aUser(user), firstName: text('Renamed') });
      const writes = users.map((user) => update(userKey(user.username), 1, renamed(user)));
      await store.commit(aChange(writes), until());
    };
    expect(await versions([group(0), group(0, 1)])).to.deep.equal([[1], [2, 2]]);
  });

  it('begins the snapshots only after all leases were answered', async () => {
    const { reader, cache, store, group } = await stackWithUsers(3);
    const order: string[] = [];
    cache.script = async ({ operation }): Promise<Ending> => {
      await yieldToEventLoop();
      order.push(operation);
      return 'answered';
    };
    store.beforeRead = async () => void order.push('snapshot');
    await reader.readGroups([group(0, 1), group(0, 2)]);
    expect(order.slice(0, 5)).to.deep.equal(['getMany', 'add', 'add', 'add', 'snapshot']);
  });

  it('takes no more than 100 keys into a snapshot, and fills a record that is in several of them once', async () => {
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

  it('reads past a marker without waiting, and neither leases nor fills what is marked', async () => {
    const { cache, snapshots, group, ids, putMarker, versions, entry, forget } = await stackWithUsers(4);
    await versions([group(0, 1)]);
    await yieldToEventLoop();
    await putMarker(1);
    forget();
    expect(await versions([group(0), group(1, 2)])).to.deep.equal([[1], [1, 1]]);
    expect(snapshots).to.deep.equal([ids(1, 2)]);
    expect(cache.of('add').map(({ keys }) => keys)).to.have.length(1);
    expect(await entry(1)).to.equal(encodeMarker('writer'));
  });

  it('goes on from the store while the cache fails, as many groups together as a snapshot takes', async () => {
    const { cache, snapshots, group, ids, versions } = await stackWithUsers(3);
    cache.script = () => 'failed';
    expect(await versions([group(0, 1), group(0, 2)])).to.deep.equal([
      [1, 1],
      [1, 1],
    ]);
    expect(snapshots).to.deep.equal([ids(0, 1, 2)]);
    expect(cache.of('add')).to.deep.equal([]);
  });

  it('does not believe a look that came back when the cache is trusted no more', async () => {
    const { reader, cache, breaker, snapshots, group, forget } = await stackWithUsers(2);
    await reader.readGroups([group(0, 1)]);
    await yieldToEventLoop();
    forget();
    cache.script = ({ operation }) => {
      if (operation === 'getMany') breaker.mayTrustCache = () => false;
      return 'answered';
    };
    await reader.readGroups([group(0), group(1)]);
    expect(snapshots).to.have.length(1);
  });

  it('reads everything from the store where one record is of a kind that is never cached', async () => {
    const { reader, cache, snapshots, group } = await stackWithUsers(1);
    await reader.readGroups([group(0), [emailKey('ann@example.org' as never)]]);
    expect(cache.calls).to.deep.equal([]);
    expect(snapshots).to.have.length(1);
  });

  describe('that other readers are loading', () => {
    const leased = async () => {
      const stack = await stackWithUsers(3);
      const { shared, group, at, until, users } = stack;
      const key = (i: number) => at(group(i)[0] as RecordKey);
      for (const i of [0, 1, 2]) await shared.add(key(i), encodeLease(`other-${i}`), 2000, until());
      const fill = (i: number) =>
        shared.replace(key(i), encodeLease(`other-${i}`), encodeValue(1, users[i]), 5000, until());
      return { ...stack, fill };
    };

    it('waits for them, and reads from the store only the groups that they have not filled', async () => {
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

    it('takes what they fill, all in one look', async () => {
      const { reader, clock, snapshots, group, fill, cache } = await leased();
      const reading = reader.readGroups([group(0, 1), group(1, 2)]);
      await yieldToEventLoop();
      for (const i of [0, 1, 2]) await fill(i);
      await clock.advance(10);
      expect(await reading).to.have.length(2);
      expect(snapshots).to.deep.equal([]);
      expect(cache.of('getMany')).to.have.length(2);
    });

    it('stops waiting when a writer marks one of them', async () => {
      const { reader, clock, snapshots, group, putMarker } = await leased();
      const reading = reader.readGroups([group(0), group(1)]);
      await yieldToEventLoop();
      await putMarker(1);
      await clock.advance(10);
      await reading;
      expect(snapshots).to.have.length(1);
    });

    it('does not wait where something has to be read anyway', async () => {
      const { reader, snapshots, group, shared, at, until } = await leased();
      await shared.put(at(group(2)[0] as RecordKey), encodeMarker('writer'), 5000, until());
      await reader.readGroups([group(0), group(1), group(2)]);
      expect(snapshots).to.have.length(1);
    });
  });
});
