import { expect } from 'chai';
import { parseSlug, parseUsername } from '../../../src/domain/names.ts';
import {
  accountStack,
  admin,
  anonymous,
  billing,
  errorCodeOf,
  serviceDriver,
  user,
} from '../../support/account-stack.ts';

const ANN = parseUsername('ann');
const BOB = parseUsername('bob');
const CARL = parseUsername('carl');
const ACME = parseSlug('acme');
const page = { limit: 10 };

/** "ann" owns "acme", in which "bob" is a Member; "carl" has nothing to do with it. */
async function withAcme() {
  const stack = accountStack();
  const driver = serviceDriver(stack.service);
  for (const name of ['ann', 'bob', 'carl']) await driver.createUser(name);
  await driver.createOrganization('ann', 'acme');
  await driver.add('ann', 'acme', 'bob', 'Member');
  return { ...stack, driver, memberships: stack.service.memberships, users: stack.service.users };
}

describe('memberships, as the application keeps them', () => {
  it('are changed by members who may and by services for them, never by services themselves', async () => {
    const { memberships } = await withAcme();
    for (const caller of [admin, billing('write'), billing('read', 'ann'), billing('admin', 'bob')]) {
      expect(await errorCodeOf(memberships.add(caller, ACME, CARL, 'Member'))).to.equal('forbidden');
      expect(await errorCodeOf(memberships.changeRole(caller, ACME, BOB, 'Admin'))).to.equal('forbidden');
    }
    expect(await errorCodeOf(memberships.remove(admin, ACME, BOB))).to.equal('forbidden');
    const forAnn = billing('write', 'ann');
    expect((await memberships.add(forAnn, ACME, CARL, 'Member')).version).to.equal(1);
    expect((await memberships.changeRole(forAnn, ACME, CARL, 'Admin', 1)).version).to.equal(2);
    expect(await errorCodeOf(memberships.changeRole(forAnn, ACME, CARL, 'Member', 1))).to.equal(
      'version_mismatch',
    );
    expect(await errorCodeOf(memberships.remove(forAnn, ACME, CARL, 1))).to.equal('version_mismatch');
    await memberships.remove(forAnn, ACME, CARL, 2);
    await memberships.remove(billing('write', 'bob'), ACME, BOB);
  });

  it('are seen by members, by oneself and by services', async () => {
    const { memberships } = await withAcme();
    for (const caller of [user('ann'), user('bob'), billing('read'), billing('read', 'ann')]) {
      expect((await memberships.get(caller, ACME, BOB)).record.role).to.equal('Member');
    }
    expect(await errorCodeOf(memberships.get(user('carl'), ACME, BOB))).to.equal('organization_not_found');
    expect(await errorCodeOf(memberships.get(user('carl'), ACME, CARL))).to.equal('membership_not_found');
    expect(await errorCodeOf(memberships.get(billing('read'), ACME, CARL))).to.equal('membership_not_found');
    expect(await errorCodeOf(memberships.get(anonymous, ACME, BOB))).to.equal('unauthenticated');
  });

  it('of suspended users are not in force, for the hot path neither', async () => {
    const { memberships, users } = await withAcme();
    await users.suspend(admin, BOB);
    expect(await errorCodeOf(memberships.get(billing('read'), ACME, BOB))).to.equal('membership_suspended');
    expect(await errorCodeOf(memberships.get(user('bob'), ACME, BOB))).to.equal('unauthenticated');
    expect(await errorCodeOf(memberships.get(billing('read', 'bob'), ACME, BOB))).to.equal('user_suspended');
  });

  it('make no suspended user an Owner', async () => {
    const { memberships, users } = await withAcme();
    await users.suspend(admin, BOB);
    expect(await errorCodeOf(memberships.changeRole(user('ann'), ACME, BOB, 'Owner'))).to.equal(
      'user_suspended',
    );
    expect(await errorCodeOf(memberships.add(user('ann'), ACME, BOB, 'Owner'))).to.equal('user_suspended');
  });

  it('make an Owner also of who owned 25, once one of them is gone', async () => {
    for (const how of ['added', 'promoted'] as const) {
      const { memberships, driver, service } = await withAcme();
      const name = how === 'added' ? 'carl' : 'bob';
      for (let i = 0; i < 25; i += 1) await driver.createOrganization(name, `other-${i}`);
      const attempt = () =>
        how === 'added'
          ? driver.add('ann', 'acme', 'carl', 'Owner')
          : memberships.changeRole(user('ann'), ACME, BOB, 'Owner');
      expect(await errorCodeOf(attempt())).to.equal('too_many_organizations');
      await service.organizations.delete(user(name), parseSlug('other-3'));
      expect((await attempt()).record.role).to.equal('Owner');
    }
  });

  it('of an organization are listed to members and services, with the users, the dead left out', async () => {
    const { memberships, users, driver } = await withAcme();
    await driver.add('ann', 'acme', 'carl', 'Admin');
    await users.delete(user('carl'), CARL);
    await users.suspend(admin, BOB);
    for (const caller of [user('ann'), billing('read'), billing('read', 'ann')]) {
      const { items } = await memberships.listMembers(caller, ACME, page);
      const shown = items.map((one) => [one.user.username, one.membership.record.role, one.user.status]);
      expect(shown).to.deep.equal([
        ['ann', 'Owner', 'active'],
        ['bob', 'Member', 'suspended'],
      ]);
    }
    expect(await errorCodeOf(memberships.listMembers(anonymous, ACME, page))).to.equal('unauthenticated');
  });

  it('of an organization are listed with two reads of the store, however many there are', async () => {
    const { memberships, driver, store } = await withAcme();
    for (let number = 1; number <= 20; number += 1) {
      await driver.createUser(`member-${number}`);
      await driver.add('ann', 'acme', `member-${number}`, 'Member');
    }
    // Afterwards all that says whether Ann may is in the cache.
    await memberships.listMembers(user('ann'), ACME, page);
    const reads: string[] = [];
    for (const name of ['readMany', 'listMembershipsOfOrganization'] as const) {
      const read = store[name];
      store[name] = ((...parameters: unknown[]) => {
        reads.push(name);
        return Reflect.apply(read, store, parameters);
      }) as never;
    }
    const { items } = await memberships.listMembers(user('ann'), ACME, { limit: 20 });
    expect(items).to.have.length(20);
    expect(reads).to.deep.equal(['listMembershipsOfOrganization', 'readMany']);
  });

  it('of a user are listed to themself and to services, the dead left out', async () => {
    const { memberships, driver, service } = await withAcme();
    await driver.createOrganization('bob', 'beta');
    await driver.createOrganization('bob', 'gamma');
    await service.organizations.delete(user('bob'), parseSlug('beta'));
    for (const caller of [user('bob'), billing('read'), billing('read', 'bob')]) {
      const { items } = await memberships.listOrganizations(caller, BOB, page);
      expect(items.map(({ record }) => record.organizationName)).to.deep.equal(['acme', 'gamma']);
    }
    for (const caller of [user('ann'), billing('admin', 'ann')]) {
      expect(await errorCodeOf(memberships.listOrganizations(caller, BOB, page))).to.equal('forbidden');
    }
    const nobody = parseUsername('nobody');
    expect(await errorCodeOf(memberships.listOrganizations(billing('read'), nobody, page))).to.equal(
      'user_not_found',
    );
    expect((await memberships.listOrganizations(user('carl'), CARL, page)).items).to.deep.equal([]);
    expect(await errorCodeOf(memberships.listOrganizations(anonymous, ANN, page))).to.equal(
      'unauthenticated',
    );
  });

  it('removed a moment ago add nobody, though the instance that is asked had them in its cache', async () => {
    const { memberships, driver, another } = await withAcme();
    await driver.add('ann', 'acme', 'carl', 'Admin');
    const elsewhere = another().service.memberships;
    await elsewhere.get(user('carl'), ACME, CARL);
    await memberships.remove(user('ann'), ACME, CARL);
    expect(await errorCodeOf(elsewhere.add(user('carl'), ACME, CARL, 'Member'))).to.equal(
      'organization_not_found',
    );
  });
});
