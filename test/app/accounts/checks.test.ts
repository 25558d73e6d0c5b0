import { expect } from 'chai';
import type { Caller } from '../../../src/domain/caller.ts';
import { parseSlug, parseUsername } from '../../../src/domain/names.ts';
import { recordId } from '../../../src/domain/records.ts';
import {
  accountStack,
  admin,
  anonymous,
  billing,
  errorCodeOf,
  serviceDriver,
  user,
} from '../../support/account-stack.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

const ask = (organization: string, username: string) => ({
  organization: parseSlug(organization),
  username: parseUsername(username),
});

/** "ann" owns "acme" and "beta", in which "bob" is Member and Admin; "carl" has nothing to do with them. */
async function withTwo() {
  const stack = accountStack();
  const driver = serviceDriver(stack.service);
  for (const name of ['ann', 'bob', 'carl']) await driver.createUser(name);
  for (const name of ['acme', 'beta']) await driver.createOrganization('ann', name);
  await driver.add('ann', 'acme', 'bob', 'Member');
  await driver.add('ann', 'beta', 'bob', 'Admin');
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
  return { ...stack, driver, check, snapshots };
}

describe('checks', () => {
  it('are answered in the order in which they were asked', async () => {
    const { check } = await withTwo();
    const results = await check(billing('read'), [
      ask('beta', 'bob'),
      ask('acme', 'nobody'),
      { ...ask('acme', 'bob'), role: 'Admin' },
      ask('acme', 'ann'),
      { ...ask('acme', 'ann'), permission: 'owners.manage' },
      { ...ask('acme', 'bob'), permission: 'members.add' },
      ask('none', 'ann'),
      ask('acme', 'carl'),
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

  it('are not visible to outsiders but about themselves, whether the organization is there or not', async () => {
    const { check } = await withTwo();
    const about = [ask('acme', 'bob'), ask('none', 'bob'), ask('acme', 'carl'), ask('none', 'carl')];
    for (const caller of [user('carl'), billing('admin', 'carl')]) {
      const reasons = (await check(caller, about)).map((result) => !result.allowed && result.reason);
      expect(reasons).to.deep.equal(['not_visible', 'not_visible', 'not_member', 'organization_not_found']);
    }
  });

  it('are all refused to a caller who is nobody, suspended ones at once', async () => {
    const { check, service } = await withTwo();
    const checks = [ask('acme', 'ann'), ask('acme', 'bob')];
    await check(user('bob'), checks);
    await service.users.suspend(admin, parseUsername('bob'));
    expect(await errorCodeOf(check(user('bob'), checks))).to.equal('unauthenticated');
    expect(await errorCodeOf(check(user('nobody'), checks))).to.equal('unauthenticated');
    expect(await errorCodeOf(check(anonymous, checks))).to.equal('unauthenticated');
    expect(await errorCodeOf(check(billing('read', 'bob'), checks))).to.equal('user_suspended');
  });

  it('cost one round trip to the cache together, each record asked for once', async () => {
    const { check, cache, snapshots } = await withTwo();
    const checks = [ask('acme', 'bob'), ask('beta', 'bob'), ask('acme', 'ann'), ask('acme', 'bob')];
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
    const records = cache.calls[0]?.keys.map((key) => key.split(':').slice(2).join(':')).sort();
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

  it('have all records behind one answer in one snapshot, the caller and their membership included', async () => {
    const { check, cache, snapshots } = await withTwo();
    cache.script = ({ operation }) => (operation === 'getMany' ? 'failed' : 'answered');
    const checks = Array.from({ length: 100 }, (_, i) => ask(`org-${i}`, `user-${i}`));
    await check(user('ann'), checks);
    expect(snapshots.map(({ length }) => length)).to.deep.equal([97, 97, 97, 97, 17]);
    for (const { organization, username } of checks) {
      const behind = [
        `organization:${organization}`,
        `user:${username}`,
        `membership:${organization}/${username}`,
        'user:ann',
        `membership:${organization}/ann`,
      ];
      const whole = snapshots.some((snapshot) => behind.every((id) => snapshot.includes(id)));
      expect(whole, organization).to.equal(true);
    }
  });

  it('ask a cache that holds nothing once for 100 entries of a user, with at most 500 keys', async () => {
    const { check, cache } = await withTwo();
    await check(
      user('ann'),
      Array.from({ length: 100 }, (_, i) => ask(`org-${i}`, `user-${i}`)),
    );
    expect(cache.of('getMany').map(({ keys }) => keys.length)).to.deep.equal([401]);
  });

  it('see a change as soon as it is acknowledged by another instance', async () => {
    const { driver, service, another } = await withTwo();
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
