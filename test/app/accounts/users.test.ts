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

async function withAnn() {
  const stack = accountStack();
  const driver = serviceDriver(stack.service);
  await driver.createUser('ann', email);
  await driver.createUser('bob');
  return { ...stack, driver, users: stack.service.users };
}

describe('users, as the application keeps them', () => {
  it('are created by nobody in particular, by users, and by services with the scope admin', async () => {
    const { users } = await withAnn();
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

  it('are read by anybody, of services by those with the scope read', async () => {
    const { users } = await withAnn();
    for (const caller of [anonymous, user('bob'), user('ann'), billing('read'), billing('read', 'bob')]) {
      expect((await users.get(caller, ANN)).record.username).to.equal('ann');
    }
    expect(await errorCodeOf(users.get(user('nobody'), ANN))).to.equal('unauthenticated');
    expect(await errorCodeOf(users.get(billing('read', 'nobody'), ANN))).to.equal('user_not_found');
    expect(await errorCodeOf(users.get(anonymous, parseUsername('nobody')))).to.equal('user_not_found');
  });

  it('change their address, which is free for others from then on and found under its new form', async () => {
    const { users, driver } = await withAnn();
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

  it('that change nothing mark nothing, nor do those that are refused', async () => {
    const { users, cache } = await withAnn();
    await yieldToEventLoop();
    cache.calls.length = 0;
    await users.update(user('ann'), ANN, { firstName: parseDisplayText('Given'), email });
    await users.resume(admin, ANN);
    await errorCodeOf(users.update(user('ann'), ANN, renamed, 7));
    await errorCodeOf(users.delete(user('bob'), ANN));
    await errorCodeOf(users.suspend(user('ann'), ANN));
    expect(cache.of('put')).to.deep.equal([]);
  });

  describe('found by e-mail', () => {
    it('is for services in their own name, and finds every spelling', async () => {
      const { users } = await withAnn();
      const found = await users.findByEmail(billing('read'), parseEmail('ANN@example.org'));
      expect(found.record.username).to.equal('ann');
      expect(found.version).to.equal(1);
      expect(await errorCodeOf(users.findByEmail(user('ann'), email))).to.equal('forbidden');
      expect(await errorCodeOf(users.findByEmail(billing('admin', 'ann'), email))).to.equal('forbidden');
      expect(await errorCodeOf(users.findByEmail(anonymous, email))).to.equal('unauthenticated');
      expect(await errorCodeOf(users.findByEmail(user('nobody'), email))).to.equal('unauthenticated');
    });

    it('is nobody who gave the address up, or was deleted, between the two looks', async () => {
      for (const meanwhile of ['updated', 'deleted'] as const) {
        const { users, store, another } = await withAnn();
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

  describe('deleted', () => {
    it('are gone at once with their address, and their names and addresses are free', async () => {
      const { users, driver } = await withAnn();
      expect(await errorCodeOf(users.delete(user('ann'), ANN, 2))).to.equal('version_mismatch');
      await users.delete(user('ann'), ANN, 1);
      expect(await errorCodeOf(users.get(anonymous, ANN))).to.equal('user_not_found');
      expect(await errorCodeOf(users.get(user('ann'), BOB))).to.equal('unauthenticated');
      expect(await errorCodeOf(users.findByEmail(billing('read'), email))).to.equal('user_not_found');
      const again = await driver.createUser('ann', email);
      expect(again.version, 'counts on').to.equal(3);
      expect(again.record.ownerOf).to.deep.equal([]);
    });

    it('leave no membership to who takes their name again, in whatever role, cached or not', async () => {
      for (const role of ['Owner', 'Admin', 'Member'] as const) {
        const { users, driver, service, another } = await withAnn();
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
        const mine = await service.memberships.listOrganizations(user('ann'), ANN, { limit: 10 });
        expect(mine.items).to.deep.equal([]);
        expect(await errorCodeOf(service.organizations.get(user('ann'), ACME))).to.equal(
          'organization_not_found',
        );
        // The old membership does not stand in the way of a new one either.
        expect((await driver.add('bob', 'acme', 'ann', 'Member')).record.role).to.equal('Member');
        expect(await driver.check('acme', 'ann')).to.equal('Member');
      }
    });

    it('are no longer Owners, and cannot be while they are the only one', async () => {
      const { users, driver, service } = await withAnn();
      await driver.createOrganization('ann', 'acme');
      expect(await errorCodeOf(users.delete(user('ann'), ANN))).to.equal('last_owner');
      expect(await errorCodeOf(users.delete(admin, ANN))).to.equal('last_owner');
      await driver.add('ann', 'acme', 'bob', 'Owner');
      await users.delete(admin, ANN);
      expect((await service.organizations.get(user('bob'), ACME)).record.owners).to.deep.equal(['bob']);
      expect(await errorCodeOf(users.delete(user('bob'), BOB))).to.equal('last_owner');
    });

    it('may have owned what is gone, and what others have founded under its name since', async () => {
      const { users, driver, service } = await withAnn();
      await driver.createOrganization('ann', 'acme');
      await service.organizations.delete(user('ann'), ACME);
      await driver.createOrganization('bob', 'acme');
      await users.delete(user('ann'), ANN);
      expect((await service.organizations.get(user('bob'), ACME)).record.owners).to.deep.equal(['bob']);
    });
  });

  describe('suspended', () => {
    it('are nobody at once and have no membership in force, until they are resumed', async () => {
      const { users, driver, another } = await withAnn();
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

    it('are not suspended by anybody but a service in its own name', async () => {
      const { users } = await withAnn();
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

    it('are listed oldest first, in pages that go on after a number', async () => {
      const { users, driver } = await withAnn();
      await users.update(user('ann'), ANN, renamed);
      await driver.createOrganization('ann', 'acme');
      const first = await users.listEvents(user('ann'), ANN, { after: 0, limit: 2 });
      expect(typesOf(first)).to.deep.equal(['1 user.created', '2 user.updated']);
      expect(first.next).to.equal(2);
      const rest = await users.listEvents(user('ann'), ANN, { after: first.next ?? 0, limit: 2 });
      expect(typesOf(rest)).to.deep.equal(['3 organization.created']);
      expect(rest.next).to.equal(undefined);
    });

    it('say which service did it, and for whom', async () => {
      const { users } = await withAnn();
      await users.update(admin, ANN, renamed);
      await users.update(billing('write', 'ann'), ANN, { firstName: parseDisplayText('Again') });
      const { items } = await users.listEvents(billing('read'), ANN, { after: 1, limit: 10 });
      expect(items.map(({ actor }) => actor)).to.deep.equal([
        { type: 'service', name: 'billing' },
        { type: 'service', name: 'billing', onBehalfOf: 'ann' },
      ]);
    });

    it('are for the user and for services with the scope read', async () => {
      const { users } = await withAnn();
      const list = (caller: Parameters<typeof users.listEvents>[0]) =>
        users.listEvents(caller, ANN, { after: 0, limit: 10 });
      expect((await list(billing('read'))).items).to.have.length(1);
      expect((await list(billing('read', 'ann'))).items).to.have.length(1);
      expect(await errorCodeOf(list(user('bob')))).to.equal('forbidden');
      expect(await errorCodeOf(list(billing('admin', 'bob')))).to.equal('forbidden');
      expect(await errorCodeOf(list(anonymous))).to.equal('unauthenticated');
    });

    it('begin anew for who takes a name again', async () => {
      const { users, driver } = await withAnn();
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
