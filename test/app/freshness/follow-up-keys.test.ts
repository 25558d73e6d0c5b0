import { expect } from 'chai';
import { changeOf, type Plan, put } from '../../../src/domain/change.ts';
import { Forbidden } from '../../../src/domain/errors.ts';
import {
  emailKey,
  type KeyOf,
  type Loaded,
  organizationKey,
  recordId,
  userKey,
} from '../../../src/domain/records.ts';
import type { User } from '../../../src/domain/user.ts';
import { Conflict } from '../../../src/ports/errors.ts';
import {
  aChange,
  aUser,
  create,
  uniqueEmail,
  uniqueSlug,
  uniqueUsername,
  update,
} from '../../support/accounts.ts';
import { freshStack } from '../../support/fresh-stack.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const entry = (name = uniqueSlug()) => ({ name, id: `org_${name}` });
type LoadedUser = Loaded<KeyOf<'user'>>;

/** A stack with one user, and a change of them that needs the organizations they are listed to own. */
async function stackWithOwner() {
  const stack = freshStack();
  const { store, clock, writer } = stack;
  const owned = [entry(), entry()];
  const user = aUser({ username: uniqueUsername(), ownerOf: owned });
  const key = userKey(user.username);
  const until = () => clock.monotonic() + 1000;
  const set = (version: number, over: Partial<User>) =>
    store.commit(aChange([update(key, version, { ...user, ...over })]), until());
  await store.commit(aChange([create(key, user)]), until());
  const listed = ([loaded]: readonly [LoadedUser]) =>
    (loaded.record?.ownerOf ?? []).map(({ name }) => organizationKey(name));
  /** What each plan was made from. */
  const seen: string[][] = [];
  const touch = ([loaded]: readonly [LoadedUser], followUp: readonly Loaded[]): Plan<number> => {
    seen.push(followUp.map((one) => recordId(one.key)));
    const record = loaded.record ?? user;
    return {
      result: loaded.version,
      change: changeOf({ at: NOW, writes: [put(loaded, record)], preconditions: followUp, events: [] }),
    };
  };
  const snapshots: string[][] = [];
  const { readMany } = store;
  store.readMany = (keys, deadline) => {
    snapshots.push(keys.map(recordId));
    return readMany.call(store, keys, deadline) as never;
  };
  const write = () => writer.write({ keys: [key], plan: touch, followUpKeys: listed });
  return { ...stack, key, user, owned, set, seen, snapshots, listed, touch, write };
}

const idsOf = (...slugs: { name: string }[]) => slugs.map(({ name }) => `organization:${name}`);

describe('further keys of a change', () => {
  it('are read together with the first ones, in one snapshot, once these tell them', async () => {
    const { write, key, owned, seen, snapshots } = await stackWithOwner();
    await write();
    expect(snapshots).to.deep.equal([[recordId(key)], [recordId(key), ...idsOf(...owned)]]);
    expect(seen).to.deep.equal([idsOf(...owned)]);
  });

  it('cost nothing where none are asked for', async () => {
    const { writer, key, touch, snapshots, seen } = await stackWithOwner();
    await writer.write({ keys: [key], plan: touch, followUpKeys: () => [] });
    await yieldToEventLoop();
    expect(snapshots).to.deep.equal([[recordId(key)]]);
    expect(seen).to.deep.equal([[]]);
  });

  it('that are among the first ones are not read twice', async () => {
    const { writer, key, touch, snapshots, seen } = await stackWithOwner();
    await writer.write({ keys: [key], plan: touch, followUpKeys: () => [key] });
    expect(snapshots).to.deep.equal([[recordId(key)]]);
    expect(seen).to.deep.equal([[]]);
  });

  it('are asked for again after each read, until everything was true together', async () => {
    const { write, key, owned, set, seen, snapshots, store } = await stackWithOwner();
    const more = entry();
    let reads = 0;
    store.beforeRead = async () => {
      reads += 1;
      if (reads === 2) await set(1, { ownerOf: [...owned, more] });
    };
    await write();
    expect(snapshots.slice(1)).to.deep.equal([
      [recordId(key), ...idsOf(...owned)],
      [recordId(key), ...idsOf(...owned, more)],
    ]);
    expect(seen).to.deep.equal([idsOf(...owned, more)]);
  });

  it('may turn out to be fewer without another read', async () => {
    const { write, owned, set, seen, snapshots, store } = await stackWithOwner();
    let reads = 0;
    store.beforeRead = async () => {
      reads += 1;
      if (reads === 2) await set(1, { ownerOf: [] });
    };
    await write();
    expect(snapshots).to.have.length(2);
    expect(seen).to.deep.equal([idsOf(...owned)]);
  });

  it('that never come to rest end in a conflict, with nothing marked', async () => {
    const { write, set, store, cache } = await stackWithOwner();
    let version = 0;
    store.beforeRead = async () => {
      version += 1;
      await set(version, { ownerOf: [entry()] });
    };
    const refusal = await write().catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(Conflict);
    expect(cache.of('put')).to.deep.equal([]);
  });

  it('are told anew, all from the store, when a record has moved', async () => {
    const { write, key, owned, set, seen, snapshots, store, cache } = await stackWithOwner();
    const other = entry();
    await write();
    await yieldToEventLoop();
    snapshots.length = 0;
    cache.calls.length = 0;
    store.beforeCommit = async () => {
      store.beforeCommit = async () => {};
      await set(2, { ownerOf: [other] });
    };
    expect(await write()).to.equal(3);
    expect(seen.slice(1)).to.deep.equal([idsOf(...owned), idsOf(other)]);
    // The first plan was made from the cache, the second one from the store.
    expect(snapshots).to.deep.equal([[recordId(key)], [recordId(key), ...idsOf(other)]]);
    expect(cache.of('getMany')).to.have.length(1);
  });

  it('are conditions where the plan relied on them: what moves meanwhile is planned again', async () => {
    const { write, owned, seen, store, clock } = await stackWithOwner();
    const [first] = owned;
    if (first === undefined) throw new Error('there are two');
    const key = organizationKey(first.name);
    const organization = { ...first, organizationName: first.name, owners: [] } as never;
    const until = () => clock.monotonic() + 1000;
    await store.commit(aChange([create(key, organization)]), until());
    store.beforeCommit = async () => {
      store.beforeCommit = async () => {};
      await store.commit(aChange([update(key, 1, organization)]), until());
    };
    await write();
    expect(seen).to.have.length(2);
  });

  it('that are never cached bring everything from the store', async () => {
    const { writer, key, touch, snapshots, seen, cache } = await stackWithOwner();
    await writer.write({ keys: [key], plan: touch, followUpKeys: () => [] });
    await yieldToEventLoop();
    snapshots.length = 0;
    cache.calls.length = 0;
    const email = emailKey(uniqueEmail() as never);
    await writer.write({ keys: [key], plan: touch, followUpKeys: () => [email] });
    expect(snapshots).to.deep.equal([[recordId(key), recordId(email)]]);
    expect(seen.at(-1)).to.deep.equal([recordId(email)]);
    expect(cache.calls.map(({ operation }) => operation)).to.deep.equal(['get', 'put', 'replace']);
  });

  it('mark nothing when the plan that needed them refuses', async () => {
    const { writer, key, listed, cache } = await stackWithOwner();
    const refusal = await writer
      .write({
        keys: [key],
        plan: () => {
          throw new Forbidden('no');
        },
        followUpKeys: listed,
      })
      .catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(Forbidden);
    expect(cache.of('put')).to.deep.equal([]);
  });
});
