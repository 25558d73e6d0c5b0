import { expect } from 'chai';
import { parseDisplayText, parseSlug, parseUsername } from '../../../src/domain/names.ts';
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

const ANN = parseUsername('ann');
const BOB = parseUsername('bob');
const ACME = parseSlug('acme');
const sons = parseDisplayText('Acme & Sons');

/** "ann" owns "acme", in which "bob" is a Member; "carl" has nothing to do with it. */
async function withAcme() {
  const stack = accountStack();
  const driver = serviceDriver(stack.service);
  for (const name of ['ann', 'bob', 'carl']) await driver.createUser(name);
  await driver.createOrganization('ann', 'acme');
  await driver.add('ann', 'acme', 'bob', 'Member');
  return { ...stack, driver, organizations: stack.service.organizations };
}

describe('organizations, as the application keeps them', () => {
  it('are founded by users, or by services for them', async () => {
    const { organizations } = await withAcme();
    const named = (name: string) => ({
      organizationName: parseSlug(name),
      displayName: parseDisplayText(name),
    });
    const founded = await organizations.create(billing('write', 'carl'), named('beta'));
    expect(founded.record).to.include({ foundingUser: 'carl' });
    for (const caller of [admin, billing('read', 'carl')]) {
      expect(await errorCodeOf(organizations.create(caller, named('gamma')))).to.equal('forbidden');
    }
    expect(await errorCodeOf(organizations.create(anonymous, named('gamma')))).to.equal('unauthenticated');
    expect(await errorCodeOf(organizations.create(user('carl'), named('acme')))).to.equal(
      'organization_already_exists',
    );
  });

  it('are read by members and services, and not there for outsiders', async () => {
    const { organizations } = await withAcme();
    for (const caller of [user('ann'), user('bob'), billing('read'), billing('read', 'bob')]) {
      expect((await organizations.get(caller, ACME)).version).to.equal(1);
    }
    for (const caller of [user('carl'), billing('admin', 'carl')]) {
      expect(await errorCodeOf(organizations.get(caller, ACME))).to.equal('organization_not_found');
    }
    expect(await errorCodeOf(organizations.get(anonymous, ACME))).to.equal('unauthenticated');
    expect(await errorCodeOf(organizations.get(billing('read'), parseSlug('none')))).to.equal(
      'organization_not_found',
    );
  });

  it('are renamed by who may, at the version that they insist on; the same name marks nothing', async () => {
    const { organizations, cache } = await withAcme();
    const { record, version } = await organizations.update(user('ann'), ACME, sons, 1);
    expect([record.displayName, version]).to.deep.equal([sons, 2]);
    await yieldToEventLoop();
    cache.calls.length = 0;
    expect((await organizations.update(admin, ACME, sons)).version).to.equal(2);
    expect(await errorCodeOf(organizations.update(user('ann'), ACME, sons, 1))).to.equal('version_mismatch');
    expect(await errorCodeOf(organizations.update(user('bob'), ACME, sons))).to.equal('forbidden');
    expect(cache.of('put')).to.deep.equal([]);
  });

  describe('deleted', () => {
    it('have no members at once, on every instance', async () => {
      const { organizations, driver, another } = await withAcme();
      const elsewhere = serviceDriver(another().service);
      expect(await elsewhere.check('acme', 'bob')).to.equal('Member');
      expect(await errorCodeOf(organizations.delete(user('bob'), ACME))).to.equal('forbidden');
      expect(await errorCodeOf(organizations.delete(user('ann'), ACME, 2))).to.equal('version_mismatch');
      await organizations.delete(user('ann'), ACME, 1);
      for (const { check } of [driver, elsewhere])
        expect(await check('acme', 'bob')).to.equal('organization_not_found');
      expect(await errorCodeOf(organizations.get(user('ann'), ACME))).to.equal('organization_not_found');
    });

    it('leave no membership to the next one of their name, cached or not', async () => {
      const { organizations, driver, service, another } = await withAcme();
      const elsewhere = serviceDriver(another().service);
      for (const { check } of [driver, elsewhere]) expect(await check('acme', 'ann')).to.equal('Owner');
      await organizations.delete(admin, ACME);
      const again = await driver.createOrganization('carl', 'acme');
      expect(again.version, 'counts on').to.equal(3);
      for (const { check } of [driver, elsewhere]) {
        for (const name of ['ann', 'bob']) expect(await check('acme', name)).to.equal('not_member');
        expect(await check('acme', 'carl')).to.equal('Owner');
      }
      expect(await errorCodeOf(organizations.get(user('ann'), ACME))).to.equal('organization_not_found');
      const { items } = await service.memberships.listMembers(user('carl'), ACME, { limit: 10 });
      expect(items.map((member) => member.user.username)).to.deep.equal(['carl']);
      const annes = await service.memberships.listOrganizations(user('ann'), ANN, { limit: 10 });
      expect(annes.items).to.deep.equal([]);
      const { items: events } = await organizations.listEvents(user('carl'), ACME, { after: 0, limit: 10 });
      expect(events.map(({ seq, type }) => `${seq} ${type}`)).to.deep.equal(['1 organization.created']);
    });

    it('make room again for who owned 25, at once', async () => {
      const { organizations, driver } = await withAcme();
      for (let i = 1; i < 25; i += 1) await driver.createOrganization('ann', `other-${i}`);
      expect(await errorCodeOf(driver.createOrganization('ann', 'one-more'))).to.equal(
        'too_many_organizations',
      );
      await organizations.delete(user('ann'), parseSlug('other-7'));
      await organizations.delete(user('ann'), parseSlug('other-8'));
      await driver.createOrganization('bob', 'other-8');
      expect((await driver.createOrganization('ann', 'one-more')).version).to.equal(1);
      expect((await driver.add('bob', 'other-8', 'ann', 'Owner')).record.role).to.equal('Owner');
      expect(await errorCodeOf(driver.createOrganization('ann', 'too-many'))).to.equal(
        'too_many_organizations',
      );
    });
  });

  describe('suspended', () => {
    it('have no membership in force and cannot be written to, but are read and can be administered', async () => {
      const { organizations, driver, service } = await withAcme();
      expect((await organizations.suspend(admin, ACME)).record.status).to.equal('suspended');
      expect(await driver.check('acme', 'ann')).to.equal('organization_suspended');
      expect((await organizations.get(user('bob'), ACME)).record.status).to.equal('suspended');
      const { memberships } = service;
      const writes = [
        organizations.update(user('ann'), ACME, sons),
        organizations.update(admin, ACME, sons),
        organizations.delete(user('ann'), ACME),
        organizations.transferOwnership(user('ann'), ACME, BOB),
        driver.add('ann', 'acme', 'carl', 'Member'),
        memberships.changeRole(user('ann'), ACME, BOB, 'Admin'),
        memberships.remove(user('ann'), ACME, BOB),
        memberships.remove(user('bob'), ACME, BOB),
      ];
      for (const write of writes) expect(await errorCodeOf(write)).to.equal('organization_suspended');
      await organizations.resume(admin, ACME);
      expect(await driver.check('acme', 'ann')).to.equal('Owner');
      await organizations.suspend(admin, ACME);
      await organizations.delete(admin, ACME);
      expect(await driver.check('acme', 'ann')).to.equal('organization_not_found');
    });

    it('are not suspended by members, and not there for outsiders', async () => {
      const { organizations } = await withAcme();
      expect(await errorCodeOf(organizations.suspend(user('ann'), ACME))).to.equal('forbidden');
      expect(await errorCodeOf(organizations.resume(billing('admin', 'ann'), ACME))).to.equal('forbidden');
      expect(await errorCodeOf(organizations.suspend(user('carl'), ACME))).to.equal('organization_not_found');
      expect(await errorCodeOf(organizations.suspend(billing('write'), ACME))).to.equal('forbidden');
    });
  });

  describe('handed over', () => {
    it('have the other Owner at once, and the one before as Admin', async () => {
      const { organizations, driver } = await withAcme();
      const { record, version } = await organizations.transferOwnership(user('ann'), ACME, BOB);
      expect([record.owners, version]).to.deep.equal([['bob'], 2]);
      expect(await driver.check('acme', 'bob')).to.equal('Owner');
      expect(await driver.check('acme', 'ann')).to.equal('Admin');
      expect(await errorCodeOf(organizations.transferOwnership(user('ann'), ACME, BOB))).to.equal(
        'forbidden',
      );
      expect(await errorCodeOf(organizations.transferOwnership(user('bob'), ACME, BOB))).to.equal(
        'membership_already_exists',
      );
      for (const caller of [user('ann'), user('bob')]) {
        const name = caller.type === 'user' ? caller.username : ANN;
        const page = await speakingEvents(organizations, caller);
        expect(page, name).to.deep.equal([
          'organization.created',
          'membership.added',
          'ownership.transferred',
        ]);
      }
    });

    it('are only handed over by users, or for them', async () => {
      const { organizations } = await withAcme();
      expect(await errorCodeOf(organizations.transferOwnership(admin, ACME, BOB))).to.equal('forbidden');
      expect(await errorCodeOf(organizations.transferOwnership(anonymous, ACME, BOB))).to.equal(
        'unauthenticated',
      );
      await organizations.transferOwnership(billing('write', 'ann'), ACME, BOB);
    });

    it('go to a member who owned 25, once one of them is gone', async () => {
      const { organizations, driver } = await withAcme();
      for (let i = 0; i < 25; i += 1) await driver.createOrganization('bob', `other-${i}`);
      const transfer = () => organizations.transferOwnership(user('ann'), ACME, BOB);
      expect(await errorCodeOf(transfer())).to.equal('too_many_organizations');
      await organizations.delete(user('bob'), parseSlug('other-3'));
      expect((await transfer()).record.owners).to.deep.equal(['bob']);
    });
  });

  it('show their events to Owners, Admins and services, in pages that go on after a number', async () => {
    const { organizations } = await withAcme();
    const list = (caller: Parameters<typeof organizations.listEvents>[0], after = 0, limit = 1) =>
      organizations.listEvents(caller, ACME, { after, limit });
    const first = await list(user('ann'));
    expect(first.items.map(({ type }) => type)).to.deep.equal(['organization.created']);
    expect(first.next).to.equal(1);
    const rest = await list(billing('read'), 1, 100);
    expect(rest.items.map(({ type }) => type)).to.deep.equal(['membership.added']);
    expect(rest).to.not.have.property('next');
    expect(await errorCodeOf(list(user('bob')))).to.equal('forbidden');
    expect(await errorCodeOf(list(user('carl')))).to.equal('organization_not_found');
  });
});

async function speakingEvents(
  organizations: Awaited<ReturnType<typeof withAcme>>['organizations'],
  caller: Parameters<typeof organizations.listEvents>[0],
): Promise<string[]> {
  const { items } = await organizations.listEvents(caller, ACME, { after: 0, limit: 10 });
  return items.map(({ type }) => type);
}
