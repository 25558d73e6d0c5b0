import { expect } from 'chai';
import { parseDisplayText, parseSlug, parseUsername } from '../../../src/domain/names.ts';
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

const ANN = parseUsername('ann');
const BOB = parseUsername('bob');
const ACME = parseSlug('acme');
const newName = parseDisplayText('Acme & Sons');

const acmeStack = () => accountStackWith({ acme: { ann: 'Owner', bob: 'Member' } }, ['carl']);

describe('Organizations', () => {
  it('can be created by users and by services on their behalf', async () => {
    const { organizations } = await acmeStack();
    const named = (name: string) => ({
      organizationName: parseSlug(name),
      displayName: parseDisplayText(name),
    });
    const created = await organizations.create(billing('write', 'carl'), named('beta'));
    expect(created.record).to.include({ foundingUser: 'carl' });
    for (const caller of [admin, billing('read', 'carl')]) {
      expect(await errorCodeOf(organizations.create(caller, named('gamma')))).to.equal('forbidden');
    }
    expect(await errorCodeOf(organizations.create(anonymous, named('gamma')))).to.equal('unauthenticated');
    expect(await errorCodeOf(organizations.create(user('carl'), named('acme')))).to.equal(
      'organization_already_exists',
    );
  });

  it('can be read by members and services, and are hidden from outsiders', async () => {
    const { organizations } = await acmeStack();
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

  it('can be renamed with the permission at the required version, without a marker for the same name', async () => {
    const { organizations, cache } = await acmeStack();
    const { record, version } = await organizations.update(user('ann'), ACME, newName, 1);
    expect([record.displayName, version]).to.deep.equal([newName, 2]);
    await yieldToEventLoop();
    cache.calls.length = 0;
    expect((await organizations.update(admin, ACME, newName)).version).to.equal(2);
    expect(await errorCodeOf(organizations.update(user('ann'), ACME, newName, 1))).to.equal(
      'version_mismatch',
    );
    expect(await errorCodeOf(organizations.update(user('bob'), ACME, newName))).to.equal('forbidden');
    expect(cache.of('put')).to.deep.equal([]);
  });

  describe('after deletion', () => {
    it('have no members on any instance', async () => {
      const { organizations, driver, another } = await acmeStack();
      const elsewhere = serviceDriver(another().service);
      expect(await elsewhere.check('acme', 'bob')).to.equal('Member');
      expect(await errorCodeOf(organizations.delete(user('bob'), ACME))).to.equal('forbidden');
      expect(await errorCodeOf(organizations.delete(user('ann'), ACME, 2))).to.equal('version_mismatch');
      await organizations.delete(user('ann'), ACME, 1);
      for (const { check } of [driver, elsewhere])
        expect(await check('acme', 'bob')).to.equal('organization_not_found');
      expect(await errorCodeOf(organizations.get(user('ann'), ACME))).to.equal('organization_not_found');
    });

    it('leave no membership to a new organization of that name, cached or not', async () => {
      const { organizations, driver, service, another } = await acmeStack();
      const elsewhere = serviceDriver(another().service);
      for (const { check } of [driver, elsewhere]) expect(await check('acme', 'ann')).to.equal('Owner');
      await organizations.delete(admin, ACME);
      const again = await driver.createOrganization('carl', 'acme');
      expect(again.version, 'continued').to.equal(3);
      for (const { check } of [driver, elsewhere]) {
        for (const name of ['ann', 'bob']) expect(await check('acme', name)).to.equal('not_member');
        expect(await check('acme', 'carl')).to.equal('Owner');
      }
      expect(await errorCodeOf(organizations.get(user('ann'), ACME))).to.equal('organization_not_found');
      const { items } = await service.memberships.listMembers(user('carl'), ACME, { limit: 10 });
      expect(items.map((member) => member.user.username)).to.deep.equal(['carl']);
      const { items: organizationsOfAnn } = await service.memberships.listOrganizations(user('ann'), ANN, {
        limit: 10,
      });
      expect(organizationsOfAnn).to.deep.equal([]);
      const { items: events } = await organizations.listEvents(user('carl'), ACME, { after: 0, limit: 10 });
      expect(events.map(({ seq, type }) => `${seq} ${type}`)).to.deep.equal(['1 organization.created']);
    });

    it('no longer count towards the limit of 25 of their Owner', async () => {
      const { organizations, driver } = await acmeStack();
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

  describe('while suspended', () => {
    it('have no effective membership and reject writes, but can be read, resumed and deleted by a service', async () => {
      const { organizations, driver, service } = await acmeStack();
      expect((await organizations.suspend(admin, ACME)).record.status).to.equal('suspended');
      expect(await driver.check('acme', 'ann')).to.equal('organization_suspended');
      expect((await organizations.get(user('bob'), ACME)).record.status).to.equal('suspended');
      const { memberships } = service;
      const writes = [
        organizations.update(user('ann'), ACME, newName),
        organizations.update(admin, ACME, newName),
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

    it('can be suspended by services only, and are hidden from outsiders', async () => {
      const { organizations } = await acmeStack();
      expect(await errorCodeOf(organizations.suspend(user('ann'), ACME))).to.equal('forbidden');
      expect(await errorCodeOf(organizations.resume(billing('admin', 'ann'), ACME))).to.equal('forbidden');
      expect(await errorCodeOf(organizations.suspend(user('carl'), ACME))).to.equal('organization_not_found');
      expect(await errorCodeOf(organizations.suspend(billing('write'), ACME))).to.equal('forbidden');
    });
  });

  describe('after an ownership transfer', () => {
    it('have the new Owner at once, and the former one as Admin', async () => {
      const { organizations, driver } = await acmeStack();
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
        const page = await eventTypes(organizations, caller);
        expect(page, name).to.deep.equal([
          'organization.created',
          'membership.added',
          'ownership.transferred',
        ]);
      }
    });

    it('had an Owner as the caller, or a service on behalf of an Owner', async () => {
      const { organizations } = await acmeStack();
      expect(await errorCodeOf(organizations.transferOwnership(admin, ACME, BOB))).to.equal('forbidden');
      expect(await errorCodeOf(organizations.transferOwnership(anonymous, ACME, BOB))).to.equal(
        'unauthenticated',
      );
      await organizations.transferOwnership(billing('write', 'ann'), ACME, BOB);
    });

    it('may belong to a member who owned 25 organizations once one was deleted', async () => {
      const { organizations, driver } = await acmeStack();
      for (let i = 0; i < 25; i += 1) await driver.createOrganization('bob', `other-${i}`);
      const transfer = () => organizations.transferOwnership(user('ann'), ACME, BOB);
      expect(await errorCodeOf(transfer())).to.equal('too_many_organizations');
      await organizations.delete(user('bob'), parseSlug('other-3'));
      expect((await transfer()).record.owners).to.deep.equal(['bob']);
    });
  });

  it('list their events for Owners, Admins and services, in pages after a number', async () => {
    const { organizations } = await acmeStack();
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

async function eventTypes(
  organizations: Awaited<ReturnType<typeof acmeStack>>['organizations'],
  caller: Parameters<typeof organizations.listEvents>[0],
): Promise<string[]> {
  const { items } = await organizations.listEvents(caller, ACME, { after: 0, limit: 10 });
  return items.map(({ type }) => type);
}
