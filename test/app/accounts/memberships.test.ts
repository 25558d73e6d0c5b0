import { expect } from 'chai';
import { parseSlug, parseUsername } from '../../../src/domain/names.ts';
import {
  accountStackWith,
  admin,
  anonymous,
  billing,
  errorCodeOf,
  user,
} from '../../support/account-stack.ts';

const ANN = parseUsername('ann');
const BOB = parseUsername('bob');
const CARL = parseUsername('carl');
const ACME = parseSlug('acme');
const page = { limit: 10 };

const acmeStack = () => accountStackWith({ acme: { ann: 'Owner', bob: 'Member' } }, ['carl']);

describe('Memberships', () => {
  it('can be changed by members with the permission and by services on their behalf, but not by services', async () => {
    const { memberships } = await acmeStack();
    for (const caller of [admin, billing('write'), billing('read', 'ann'), billing('admin', 'bob')]) {
      expect(await errorCodeOf(memberships.add(caller, ACME, CARL, 'Member'))).to.equal('forbidden');
      expect(await errorCodeOf(memberships.changeRole(caller, ACME, BOB, 'Admin'))).to.equal('forbidden');
    }
    expect(await errorCodeOf(memberships.remove(admin, ACME, BOB))).to.equal('forbidden');
    const onBehalfOfAnn = billing('write', 'ann');
    expect((await memberships.add(onBehalfOfAnn, ACME, CARL, 'Member')).version).to.equal(1);
    expect((await memberships.changeRole(onBehalfOfAnn, ACME, CARL, 'Admin', 1)).version).to.equal(2);
    expect(await errorCodeOf(memberships.changeRole(onBehalfOfAnn, ACME, CARL, 'Member', 1))).to.equal(
      'version_mismatch',
    );
    expect(await errorCodeOf(memberships.remove(onBehalfOfAnn, ACME, CARL, 1))).to.equal('version_mismatch');
    await memberships.remove(onBehalfOfAnn, ACME, CARL, 2);
    await memberships.remove(billing('write', 'bob'), ACME, BOB);
  });

  it('can be read by members, by the user and by services', async () => {
    const { memberships } = await acmeStack();
    for (const caller of [user('ann'), user('bob'), billing('read'), billing('read', 'ann')]) {
      expect((await memberships.get(caller, ACME, BOB)).record.role).to.equal('Member');
    }
    expect(await errorCodeOf(memberships.get(user('carl'), ACME, BOB))).to.equal('organization_not_found');
    expect(await errorCodeOf(memberships.get(user('carl'), ACME, CARL))).to.equal('membership_not_found');
    expect(await errorCodeOf(memberships.get(billing('read'), ACME, CARL))).to.equal('membership_not_found');
    expect(await errorCodeOf(memberships.get(anonymous, ACME, BOB))).to.equal('unauthenticated');
  });

  it('of suspended users are not effective', async () => {
    const { memberships, users } = await acmeStack();
    await users.suspend(admin, BOB);
    expect(await errorCodeOf(memberships.get(billing('read'), ACME, BOB))).to.equal('membership_suspended');
    expect(await errorCodeOf(memberships.get(user('bob'), ACME, BOB))).to.equal('unauthenticated');
    expect(await errorCodeOf(memberships.get(billing('read', 'bob'), ACME, BOB))).to.equal('user_suspended');
  });

  it('of suspended users cannot become Owner', async () => {
    const { memberships, users } = await acmeStack();
    await users.suspend(admin, BOB);
    expect(await errorCodeOf(memberships.changeRole(user('ann'), ACME, BOB, 'Owner'))).to.equal(
      'user_suspended',
    );
    expect(await errorCodeOf(memberships.add(user('ann'), ACME, BOB, 'Owner'))).to.equal('user_suspended');
  });

  it('can become Owner for a user who owned 25 organizations once one was deleted', async () => {
    for (const how of ['added', 'promoted'] as const) {
      const { memberships, driver, service } = await acmeStack();
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

  it('of an organization are listed for members and services, with the users, without deleted ones', async () => {
    const { memberships, users, driver } = await acmeStack();
    await driver.add('ann', 'acme', 'carl', 'Admin');
    await users.delete(user('carl'), CARL);
    await users.suspend(admin, BOB);
    for (const caller of [user('ann'), billing('read'), billing('read', 'ann')]) {
      const { items } = await memberships.listMembers(caller, ACME, page);
      const members = items.map((one) => [one.user.username, one.membership.record.role, one.user.status]);
      expect(members).to.deep.equal([
        ['ann', 'Owner', 'active'],
        ['bob', 'Member', 'suspended'],
      ]);
    }
    expect(await errorCodeOf(memberships.listMembers(anonymous, ACME, page))).to.equal('unauthenticated');
  });

  it('of an organization are listed with two reads of the store for any number of members', async () => {
    const { memberships, driver, store } = await acmeStack();
    for (let number = 1; number <= 20; number += 1) {
      await driver.createUser(`member-${number}`);
      await driver.add('ann', 'acme', `member-${number}`, 'Member');
    }
    // Fills the cache with the records that authorize Ann.
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

  it('of a user are listed for that user and for services, without deleted organizations', async () => {
    const { memberships, driver, service } = await acmeStack();
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

  it('give no permission after their removal to an instance that has them in its cache', async () => {
    const { memberships, driver, another } = await acmeStack();
    await driver.add('ann', 'acme', 'carl', 'Admin');
    const elsewhere = another().service.memberships;
    await elsewhere.get(user('carl'), ACME, CARL);
    await memberships.remove(user('ann'), ACME, CARL);
    expect(await errorCodeOf(elsewhere.add(user('carl'), ACME, CARL, 'Member'))).to.equal(
      'organization_not_found',
    );
  });
});
