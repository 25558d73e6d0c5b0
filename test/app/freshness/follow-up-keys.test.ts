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

/** A stack with one user and a write that also needs the organizations ownedKeys in `ownerOf`. */
async function stackWithOwner() {
  const stack = freshStack();
  const { store, clock, writer } = stack;
  const owned = [entry(), entry()];
  const user = aUser({ username: uniqueUsername(), ownerOf: owned });
  const key = userKey(user.username);
  const until = () => clock.monotonic() + 1000;
  const updateUser = (version: number, over: Partial<User>) =>
    store.commit(aChange([update(key, version, { ...user, ...over })]), until());
  await store.commit(aChange([create(key, user)]), until());
  const ownedKeys = ([loaded]: readonly [LoadedUser]) =>
    (loaded.record?.ownerOf ?? []).map(({ name }) => organizationKey(name));
  /** The follow-up records that each plan received. */
  const planInputs: string[][] = [];
  const rewriteUser = ([loaded]: readonly [LoadedUser], followUp: readonly Loaded[]): Plan<number> => {
    planInputs.push(followUp.map((one) => recordId(one.key)));
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
  const write = () => writer.write({ keys: [key], plan: rewriteUser, followUpKeys: ownedKeys });
  return { ...stack, key, user, owned, updateUser, planInputs, snapshots, ownedKeys, rewriteUser, write };
}

const idsOf = (...slugs: { name: string }[]) => slugs.map(({ name }) => `organization:${name}`);

describe('follow-up keys of a write', () => {
  it('are derived from the first records and read together with them in one snapshot', async () => {
    const { write, key, owned, planInputs, snapshots } = await stackWithOwner();
    await write();
    expect(snapshots).to.deep.equal([[recordId(key)], [recordId(key), ...idsOf(...owned)]]);
    expect(planInputs).to.deep.equal([idsOf(...owned)]);
  });

  it('cause no second read if there are none', async () => {
    const { writer, key, rewriteUser, snapshots, planInputs } = await stackWithOwner();
    await writer.write({ keys: [key], plan: rewriteUser, followUpKeys: () => [] });
    await yieldToEventLoop();
    expect(snapshots).to.deep.equal([[recordId(key)]]);
    expect(planInputs).to.deep.equal([[]]);
  });

  it('that are among the first keys are not read twice', async () => {
    const { writer, key, rewriteUser, snapshots, planInputs } = await stackWithOwner();
    await writer.write({ keys: [key], plan: rewriteUser, followUpKeys: () => [key] });
    expect(snapshots).to.deep.equal([[recordId(key)]]);
    expect(planInputs).to.deep.equal([[]]);
  });

  it('are derived again after each read until one snapshot contains all of them', async () => {
    const { write, key, owned, updateUser, planInputs, snapshots, store } = await stackWithOwner();
    const more = entry();
    let reads = 0;
    store.beforeRead = async () => {
      reads += 1;
      if (reads === 2) await updateUser(1, { ownerOf: [...owned, more] });
    };
    await write();
    expect(snapshots.slice(1)).to.deep.equal([
      [recordId(key), ...idsOf(...owned)],
      [recordId(key), ...idsOf(...owned, more)],
    ]);
    expect(planInputs).to.deep.equal([idsOf(...owned, more)]);
  });

  it('need no further read if fewer keys are left', async () => {
    const { write, owned, updateUser, planInputs, snapshots, store } = await stackWithOwner();
    let reads = 0;
    store.beforeRead = async () => {
      reads += 1;
      if (reads === 2) await updateUser(1, { ownerOf: [] });
    };
    await write();
    expect(snapshots).to.have.length(2);
    expect(planInputs).to.deep.equal([idsOf(...owned)]);
  });

  it('that change with every read end in a conflict, with nothing marked', async () => {
    const { write, updateUser, store, cache } = await stackWithOwner();
    let version = 0;
    store.beforeRead = async () => {
      version += 1;
      await updateUser(version, { ownerOf: [entry()] });
    };
    const refusal = await write().catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(Conflict);
    expect(cache.of('put')).to.deep.equal([]);
  });

  it('are derived again from the store after a conflict', async () => {
    const { write, key, owned, updateUser, planInputs, snapshots, store, cache } = await stackWithOwner();
    const other = entry();
    await write();
    await yieldToEventLoop();
    snapshots.length = 0;
    cache.calls.length = 0;
    store.beforeCommit = async () => {
      store.beforeCommit = async () => {};
      await updateUser(2, { ownerOf: [other] });
    };
    expect(await write()).to.equal(3);
    expect(planInputs.slice(1)).to.deep.equal([idsOf(...owned), idsOf(other)]);
    // The first plan was made from the cache, the second one from the store.
    expect(snapshots).to.deep.equal([[recordId(key)], [recordId(key), ...idsOf(other)]]);
    expect(cache.of('getMany')).to.have.length(1);
  });

  it('are preconditions of the commit if the plan used them', async () => {
    const { write, owned, planInputs, store, clock } = await stackWithOwner();
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
    expect(planInputs).to.have.length(2);
  });

  it('that are never cached cause all records to be read from the store', async () => {
    const { writer, key, rewriteUser, snapshots, planInputs, cache } = await stackWithOwner();
    await writer.write({ keys: [key], plan: rewriteUser, followUpKeys: () => [] });
    await yieldToEventLoop();
    snapshots.length = 0;
    cache.calls.length = 0;
    const email = emailKey(uniqueEmail() as never);
    await writer.write({ keys: [key], plan: rewriteUser, followUpKeys: () => [email] });
    expect(snapshots).to.deep.equal([[recordId(key), recordId(email)]]);
    expect(planInputs.at(-1)).to.deep.equal([recordId(email)]);
    expect(cache.calls.map(({ operation }) => operation)).to.deep.equal(['get', 'put', 'replace']);
  });

  it('cause no marking if the plan refuses', async () => {
    const { writer, key, ownedKeys, cache } = await stackWithOwner();
    const refusal = await writer
      .write({
        keys: [key],
        plan: () => {
          throw new Forbidden('no');
        },
        followUpKeys: ownedKeys,
      })
      .catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(Forbidden);
    expect(cache.of('put')).to.deep.equal([]);
  });
});
