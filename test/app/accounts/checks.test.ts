import { expect } from 'chai';
import type { Caller } from '../../../src/domain/caller.ts';
import { parseSlug, parseUsername } from '../../../src/domain/names.ts';
import { recordId } from '../../../src/domain/records.ts';
import {
  accountStackWith,
  admin,
  anonymous,
  billing,
  errorCodeOf,
  serviceDriver,
  user,
} from '../../support/account-stack.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

const checkOf = (organization: string, username: string) => ({
  organization: parseSlug(organization),
  username: parseUsername(username),
});

async function checkStack() {
  const stack = await accountStackWith(
    { acme: { ann: 'Owner', bob: 'Member' }, beta: { ann: 'Owner', bob: 'Admin' } },
    ['carl'],
  );
  const { cache, store } = stack;
  const snapshots: string[][] = [];
  const { readMany } = store;
  store.readMany = (keys, deadline) => {
    snapshots.push(keys.map(recordId));
    return readMany.call(store, keys, deadline) as never;
  };
  await yieldToEventLoop();
  cache.calls.length = 0;
  const check = (caller: Caller, checks: Parameters<typeof stack.service.checks.check>[1]) =>
    stack.service.checks.check(caller, checks);
  return { ...stack, check, snapshots };
}

describe('checks', () => {
  it('return results in the order of the requests', async () => {
    const { check } = await checkStack();
    const results = await check(billing('read'), [
      checkOf('beta', 'bob'),
      checkOf('acme', 'nobody'),
      { ...checkOf('acme', 'bob'), role: 'Admin' },
      checkOf('acme', 'ann'),
      { ...checkOf('acme', 'ann'), permission: 'owners.manage' },
      { ...checkOf('acme', 'bob'), permission: 'members.add' },
      checkOf('none', 'ann'),
      checkOf('acme', 'carl'),
    ]);
    expect(results).to.deep.equal([
      { allowed: true, role: 'Admin', version: 1 },
      { allowed: false, reason: 'user_not_found' },
      { allowed: false, reason: 'role_too_low', role: 'Member', version: 1 },
      { allowed: true, role: 'Owner', version: 1 },
      { allowed: true, role: 'Owner', version: 1 },
      { allowed: false, reason: 'permission_missing', role: 'Member', version: 1 },
      { allowed: false, reason: 'organization_not_found' },
      { allowed: false, reason: 'not_member' },
    ]);
  });

  it('hide organizations from outsiders, except about themselves, whether they exist or not', async () => {
    const { check } = await checkStack();
    const checks = [
      checkOf('acme', 'bob'),
      checkOf('none', 'bob'),
      checkOf('acme', 'carl'),
      checkOf('none', 'carl'),
    ];
    for (const caller of [user('carl'), billing('admin', 'carl')]) {
      const reasons = (await check(caller, checks)).map((result) => !result.allowed && result.reason);
      expect(reasons).to.deep.equal(['not_visible', 'not_visible', 'not_member', 'organization_not_found']);
    }
  });

  it('fail for anonymous and unknown callers, and at once for suspended ones', async () => {
    const { check, service } = await checkStack();
    const checks = [checkOf('acme', 'ann'), checkOf('acme', 'bob')];
    await check(user('bob'), checks);
    await service.users.suspend(admin, parseUsername('bob'));
    expect(await errorCodeOf(check(user('bob'), checks))).to.equal('unauthenticated');
    expect(await errorCodeOf(check(user('nobody'), checks))).to.equal('unauthenticated');
    expect(await errorCodeOf(check(anonymous, checks))).to.equal('unauthenticated');
    expect(await errorCodeOf(check(billing('read', 'bob'), checks))).to.equal('user_suspended');
  });

  it('read each record once, with one request to the cache', async () => {
    const { check, cache, snapshots } = await checkStack();
    const checks = [
      checkOf('acme', 'bob'),
      checkOf('beta', 'bob'),
      checkOf('acme', 'ann'),
      checkOf('acme', 'bob'),
    ];
    await check(user('ann'), checks);
    await yieldToEventLoop();
    cache.calls.length = 0;
    snapshots.length = 0;
    const results = await check(user('ann'), checks);
    expect(results.map((result) => result.allowed && result.role)).to.deep.equal([
      'Member',
      'Admin',
      'Owner',
      'Member',
    ]);
    expect(snapshots).to.deep.equal([]);
    expect(cache.calls.map(({ operation }) => operation)).to.deep.equal(['getMany']);
    const records = cache.calls[0]?.keys.map((key) => key.replace(/^token:/, '')).sort();
    expect(records).to.deep.equal([
      'membership:acme/ann',
      'membership:acme/bob',
      'membership:beta/ann',
      'membership:beta/bob',
      'organization:acme',
      'organization:beta',
      'user:ann',
      'user:bob',
    ]);
  });

  it('read all records of one result in one snapshot, including the caller and the membership of the caller', async () => {
    const { check, cache, snapshots } = await checkStack();
    cache.script = ({ operation }) => (operation === 'getMany' ? 'failed' : 'answered');
    const checks = Array.from({ length: 100 }, (_, i) => checkOf(`org-${i}`, `user-${i}`));
    await check(user('ann'), checks);
    expect(snapshots.map(({ length }) => length)).to.deep.equal([97, 97, 97, 97, 17]);
    for (const { organization, username } of checks) {
      const ids = [
        `organization:${organization}`,
        `user:${username}`,
        `membership:${organization}/${username}`,
        'user:ann',
        `membership:${organization}/ann`,
      ];
      const isOneSnapshot = snapshots.some((snapshot) => ids.every((id) => snapshot.includes(id)));
      expect(isOneSnapshot, organization).to.equal(true);
    }
  });

  it('read an empty cache once for 100 checks of a user, with at most 500 keys', async () => {
    const { check, cache } = await checkStack();
    await check(
      user('ann'),
      Array.from({ length: 100 }, (_, i) => checkOf(`org-${i}`, `user-${i}`)),
    );
    expect(cache.of('getMany').map(({ keys }) => keys.length)).to.deep.equal([401]);
  });

  it('reflect a change once another instance has acknowledged it', async () => {
    const { driver, service, another } = await checkStack();
    const elsewhere = serviceDriver(another().service);
    const acme = parseSlug('acme');
    const bob = parseUsername('bob');
    expect(await elsewhere.check('acme', 'bob')).to.equal('Member');
    await service.memberships.changeRole(user('ann'), acme, bob, 'Admin');
    expect(await elsewhere.check('acme', 'bob')).to.equal('Admin');
    await service.memberships.remove(user('ann'), acme, bob);
    expect(await elsewhere.check('acme', 'bob')).to.equal('not_member');
    await driver.add('ann', 'acme', 'bob', 'Owner');
    expect(await elsewhere.check('acme', 'bob')).to.equal('Owner');
  });
});
