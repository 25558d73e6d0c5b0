import { expect } from 'chai';
import { parseDisplayText, parseEmail, parseSlug, parseUsername } from '../../../src/domain/names.ts';
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
const email = parseEmail('Ann@example.org');
const other = parseEmail('other@example.org');
const renamed = { firstName: parseDisplayText('Renamed') };

async function userStack() {
  const stack = accountStack();
  const driver = serviceDriver(stack.service);
  await driver.createUser('ann', email);
  await driver.createUser('bob');
  return { ...stack, ...stack.service, driver };
}

describe('Users', () => {
  it('can be created by anonymous callers, users, and services with the scope admin', async () => {
    const { users } = await userStack();
    const named = (username: string) => ({
      username: parseUsername(username),
      firstName: parseDisplayText('N'),
      lastName: parseDisplayText('N'),
    });
    expect((await users.create(anonymous, named('n1'))).version).to.equal(1);
    expect((await users.create(user('ann'), named('n2'))).version).to.equal(1);
    expect((await users.create(admin, named('n3'))).version).to.equal(1);
    expect(await errorCodeOf(users.create(billing('write'), named('n4')))).to.equal('forbidden');
    expect(await errorCodeOf(users.create(user('nobody'), named('n4')))).to.equal('unauthenticated');
  });

  it('can be read by every caller, including services with the scope read', async () => {
    const { users } = await userStack();
    for (const caller of [anonymous, user('bob'), user('ann'), billing('read'), billing('read', 'bob')]) {
      expect((await users.get(caller, ANN)).record.username).to.equal('ann');
    }
    expect(await errorCodeOf(users.get(user('nobody'), ANN))).to.equal('unauthenticated');
    expect(await errorCodeOf(users.get(billing('read', 'nobody'), ANN))).to.equal('user_not_found');
    expect(await errorCodeOf(users.get(anonymous, parseUsername('nobody')))).to.equal('user_not_found');
  });

  it('can change their e-mail address, which releases the old one', async () => {
    const { users, driver } = await userStack();
    const { version } = await users.update(user('ann'), ANN, { email: other }, 1);
    expect(version).to.equal(2);
    expect((await users.findByEmail(billing('read'), other)).record.username).to.equal('ann');
    expect(await errorCodeOf(users.findByEmail(billing('read'), email))).to.equal('user_not_found');
    await driver.createUser('carl', email);
    expect((await users.findByEmail(billing('read'), email)).record.username).to.equal('carl');
    expect(await errorCodeOf(users.update(user('ann'), ANN, { email }))).to.equal('email_taken');
    expect(await errorCodeOf(users.update(user('bob'), ANN, renamed))).to.equal('forbidden');
    expect(await errorCodeOf(users.update(user('ann'), ANN, renamed, 1))).to.equal('version_mismatch');
  });

  it('write no marker for no-op and rejected updates', async () => {
    const { users, cache } = await userStack();
    await yieldToEventLoop();
    cache.calls.length = 0;
    await users.update(user('ann'), ANN, { firstName: parseDisplayText('Given'), email });
    await users.resume(admin, ANN);
    await errorCodeOf(users.update(user('ann'), ANN, renamed, 7));
    await errorCodeOf(users.delete(user('bob'), ANN));
    await errorCodeOf(users.suspend(user('ann'), ANN));
    expect(cache.of('put')).to.deep.equal([]);
  });

  describe('by e-mail address', () => {
    it('are found for services that act for themselves, in every case of the address', async () => {
      const { users } = await userStack();
      const found = await users.findByEmail(billing('read'), parseEmail('ANN@example.org'));
      expect(found.record.username).to.equal('ann');
      expect(found.version).to.equal(1);
      expect(await errorCodeOf(users.findByEmail(user('ann'), email))).to.equal('forbidden');
      expect(await errorCodeOf(users.findByEmail(billing('admin', 'ann'), email))).to.equal('forbidden');
      expect(await errorCodeOf(users.findByEmail(anonymous, email))).to.equal('unauthenticated');
      expect(await errorCodeOf(users.findByEmail(user('nobody'), email))).to.equal('unauthenticated');
    });

    it('are not found if the address or the user is removed between the two reads', async () => {
      for (const meanwhile of ['updated', 'deleted'] as const) {
        const { users, store, another } = await userStack();
        const elsewhere = another().service.users;
        const { readMany } = store;
        store.readMany = async (keys, deadline) => {
          store.readMany = readMany;
          const claim = await readMany.call(store, keys, deadline);
          if (meanwhile === 'updated') await elsewhere.update(user('ann'), ANN, { email: other });
          else await elsewhere.delete(user('ann'), ANN);
          return claim as never;
        };
        expect(await errorCodeOf(users.findByEmail(billing('read'), email))).to.equal('user_not_found');
      }
    });
  });

  describe('after deletion', () => {
    it('are absent at once, and their names and addresses can be reused', async () => {
      const { users, driver } = await userStack();
      expect(await errorCodeOf(users.delete(user('ann'), ANN, 2))).to.equal('version_mismatch');
      await users.delete(user('ann'), ANN, 1);
      expect(await errorCodeOf(users.get(anonymous, ANN))).to.equal('user_not_found');
      expect(await errorCodeOf(users.get(user('ann'), BOB))).to.equal('unauthenticated');
      expect(await errorCodeOf(users.findByEmail(billing('read'), email))).to.equal('user_not_found');
      const again = await driver.createUser('ann', email);
      expect(again.version, 'continued').to.equal(3);
      expect(again.record.ownerOf).to.deep.equal([]);
    });

    it('leave no membership to a new user of that name, in any role, cached or not', async () => {
      for (const role of ['Owner', 'Admin', 'Member'] as const) {
        const { users, driver, service, another } = await userStack();
        await driver.createOrganization('bob', 'acme');
        await driver.add('bob', 'acme', 'ann', role);
        const elsewhere = serviceDriver(another().service);
        for (const { check } of [driver, elsewhere]) expect(await check('acme', 'ann')).to.equal(role);
        await users.delete(user('ann'), ANN);
        for (const { check } of [driver, elsewhere])
          expect(await check('acme', 'ann')).to.equal('user_not_found');
        await driver.createUser('ann', email);
        for (const { check } of [driver, elsewhere])
          expect(await check('acme', 'ann')).to.equal('not_member');
        const { items } = await service.memberships.listMembers(user('bob'), ACME, { limit: 10 });
        expect(items.map((member) => member.user.username)).to.deep.equal(['bob']);
        const { items: organizations } = await service.memberships.listOrganizations(user('ann'), ANN, {
          limit: 10,
        });
        expect(organizations).to.deep.equal([]);
        expect(await errorCodeOf(service.organizations.get(user('ann'), ACME))).to.equal(
          'organization_not_found',
        );
        // The old membership does not prevent a new one.
        expect((await driver.add('bob', 'acme', 'ann', 'Member')).record.role).to.equal('Member');
        expect(await driver.check('acme', 'ann')).to.equal('Member');
      }
    });

    it('are no longer Owners, which is rejected for the only one', async () => {
      const { users, driver, service } = await userStack();
      await driver.createOrganization('ann', 'acme');
      expect(await errorCodeOf(users.delete(user('ann'), ANN))).to.equal('last_owner');
      expect(await errorCodeOf(users.delete(admin, ANN))).to.equal('last_owner');
      await driver.add('ann', 'acme', 'bob', 'Owner');
      await users.delete(admin, ANN);
      expect((await service.organizations.get(user('bob'), ACME)).record.owners).to.deep.equal(['bob']);
      expect(await errorCodeOf(users.delete(user('bob'), BOB))).to.equal('last_owner');
    });

    it('do not affect a new organization with the name of a deleted one they owned', async () => {
      const { users, driver, service } = await userStack();
      await driver.createOrganization('ann', 'acme');
      await service.organizations.delete(user('ann'), ACME);
      await driver.createOrganization('bob', 'acme');
      await users.delete(user('ann'), ANN);
      expect((await service.organizations.get(user('bob'), ACME)).record.owners).to.deep.equal(['bob']);
    });
  });

  describe('while suspended', () => {
    it('are unauthenticated and have no effective membership, until they are resumed', async () => {
      const { users, driver, another } = await userStack();
      await driver.createOrganization('ann', 'acme');
      const elsewhere = serviceDriver(another().service);
      expect(await elsewhere.check('acme', 'ann')).to.equal('Owner');
      expect((await users.suspend(admin, ANN)).record.status).to.equal('suspended');
      expect(await elsewhere.check('acme', 'ann')).to.equal('user_suspended');
      expect(await errorCodeOf(elsewhere.check('acme', 'ann', user('ann')))).to.equal('unauthenticated');
      expect(await errorCodeOf(elsewhere.check('acme', 'ann', billing('read', 'ann')))).to.equal(
        'user_suspended',
      );
      expect((await users.suspend(admin, ANN)).version).to.equal((await users.get(anonymous, ANN)).version);
      await users.resume(admin, ANN);
      expect(await elsewhere.check('acme', 'ann')).to.equal('Owner');
    });

    it('can be suspended only by a service that acts for itself', async () => {
      const { users } = await userStack();
      for (const caller of [user('bob'), user('ann'), billing('write'), billing('admin', 'bob')]) {
        expect(await errorCodeOf(users.suspend(caller, ANN))).to.equal('forbidden');
        expect(await errorCodeOf(users.resume(caller, ANN))).to.equal('forbidden');
      }
      expect(await errorCodeOf(users.suspend(admin, parseUsername('nobody')))).to.equal('user_not_found');
    });
  });

  describe('and their events', () => {
    const typesOf = (page: { items: readonly { type: string; seq: number }[] }) =>
      page.items.map(({ seq, type }) => `${seq} ${type}`);

    it('are listed oldest first, in pages after a number', async () => {
      const { users, driver } = await userStack();
      await users.update(user('ann'), ANN, renamed);
      await driver.createOrganization('ann', 'acme');
      const first = await users.listEvents(user('ann'), ANN, { after: 0, limit: 2 });
      expect(typesOf(first)).to.deep.equal(['1 user.created', '2 user.updated']);
      expect(first.next).to.equal(2);
      const rest = await users.listEvents(user('ann'), ANN, { after: first.next ?? 0, limit: 2 });
      expect(typesOf(rest)).to.deep.equal(['3 organization.created']);
      expect(rest.next).to.equal(undefined);
    });

    it('name the service and the user it acts for', async () => {
      const { users } = await userStack();
      await users.update(admin, ANN, renamed);
      await users.update(billing('write', 'ann'), ANN, { firstName: parseDisplayText('Again') });
      const { items } = await users.listEvents(billing('read'), ANN, { after: 1, limit: 10 });
      expect(items.map(({ actor }) => actor)).to.deep.equal([
        { type: 'service', name: 'billing' },
        { type: 'service', name: 'billing', onBehalfOf: 'ann' },
      ]);
    });

    it('are listed for the user and services with the scope read', async () => {
      const { users } = await userStack();
      const list = (caller: Parameters<typeof users.listEvents>[0]) =>
        users.listEvents(caller, ANN, { after: 0, limit: 10 });
      expect((await list(billing('read'))).items).to.have.length(1);
      expect((await list(billing('read', 'ann'))).items).to.have.length(1);
      expect(await errorCodeOf(list(user('bob')))).to.equal('forbidden');
      expect(await errorCodeOf(list(billing('admin', 'bob')))).to.equal('forbidden');
      expect(await errorCodeOf(list(anonymous))).to.equal('unauthenticated');
    });

    it('start again for a new user of the same name', async () => {
      const { users, driver } = await userStack();
      await users.delete(user('ann'), ANN);
      expect(await errorCodeOf(users.listEvents(billing('read'), ANN, { after: 0, limit: 9 }))).to.equal(
        'user_not_found',
      );
      await driver.createUser('ann');
      const { items } = await users.listEvents(user('ann'), ANN, { after: 0, limit: 9 });
      expect(typesOf({ items })).to.deep.equal(['1 user.created']);
    });
  });
});
