import { expect } from 'chai';
import { type ApiResponse, createUsers, problemOf } from '../../support/api-client.ts';
import type { UserClient } from '../../support/service-under-test.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('DELETE /users/{username}', () => {
  const service = useEmbeddedService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'bystander');
  });

  const remove = (user: UserClient): Promise<ApiResponse> => user.delete(user.path);
  const usernamesIn = async (path: string): Promise<readonly string[] | undefined> =>
    (await service.reader.get(`${path}/members`)).body.members?.map((one) => one.memberUsername);

  it('returns 204 without a body, and 404 afterwards', async () => {
    const user = await service.user();
    expect(await remove(user)).to.include({ status: 204, text: '' });
    expect(problemOf(await api.get(user.path))).to.equal('404 user_not_found');
    expect(problemOf(await service.admin.delete(user.path))).to.equal('404 user_not_found');
    expect(problemOf(await service.reader.get(`${user.path}/organizations`))).to.equal('404 user_not_found');
    expect(problemOf(await service.reader.get(`${user.path}/events`))).to.equal('404 user_not_found');
  });

  it('makes every request of the user 401 at once', async () => {
    const { path, name, owner, leaver } = await service.organization({ owner: 'Owner', leaver: 'Owner' });
    const membership = `${path}/members/${leaver.username}`;
    expect((await leaver.get(membership)).status, 'cached').to.equal(200);
    expect((await remove(leaver)).status).to.equal(204);
    const responses = {
      user: await leaver.get(leaver.path),
      other: await leaver.get(owner.path),
      edit: await leaver.patch(leaver.path, { firstName: 'Back' }),
      again: await remove(leaver),
      organizations: await leaver.get(`${leaver.path}/organizations`),
      events: await leaver.get(`${leaver.path}/events`),
      create: await leaver.post('/organizations', { organizationName: 'Posthumous' }),
      organization: await leaver.get(path),
      rename: await leaver.patch(path, { displayName: 'Mine' }),
      delete: await leaver.delete(path),
      members: await leaver.get(`${path}/members`),
      membership: await leaver.get(membership),
      add: await leaver.post(`${path}/members`, { memberUsername: 'bystander', role: 'Member' }),
      leave: await leaver.delete(membership),
      transfer: await leaver.post(`${path}/ownership-transfers`, { toUsername: owner.username }),
      checks: await leaver.post('/checks', { checks: [{ organization: name, username: leaver.username }] }),
    };
    for (const [what, response] of Object.entries(responses)) {
      expect(problemOf(response), what).to.equal('401 unauthenticated');
    }
  });

  it('ends memberships at once, cached or not', async () => {
    const { path, name, owner, second, member } = await service.organization({
      owner: 'Owner',
      second: 'Owner',
      member: 'Member',
    });
    for (const user of [second, member]) {
      const membership = `${path}/members/${user.username}`;
      expect((await owner.get(membership)).status, 'cached').to.equal(200);
      expect(await service.check(name, user.username)).to.have.property('allowed', true);
      expect((await remove(user)).status).to.equal(204);
      expect(problemOf(await owner.get(membership))).to.equal('404 membership_not_found');
      expect(await service.check(name, user.username)).to.deep.equal({
        allowed: false,
        reason: 'user_not_found',
      });
      expect(problemOf(await owner.patch(membership, { role: 'Admin' }))).to.equal(
        '404 membership_not_found',
      );
      expect(problemOf(await owner.delete(membership))).to.equal('404 membership_not_found');
    }
    expect(await usernamesIn(path)).to.deep.equal([owner.username]);
    expect(problemOf(await owner.delete(`${path}/members/${owner.username}`)), 'now the last Owner').to.equal(
      '409 last_owner',
    );
  });

  it('is rejected while the user is the only Owner of an organization', async () => {
    const { path, name, owner, heir } = await service.organization({ owner: 'Owner', heir: 'Admin' });
    const response = await remove(owner);
    expect(problemOf(response)).to.equal('409 last_owner');
    expect(response.body.detail).to.contain(`"${name}"`);
    expect(problemOf(await service.admin.delete(owner.path)), 'by a service').to.equal('409 last_owner');
    const { body } = await owner.get(`${path}/members/${owner.username}`);
    expect(body.membership).to.include({ role: 'Owner' });

    await owner.patch(`${path}/members/${heir.username}`, { role: 'Owner' });
    expect((await remove(owner)).status).to.equal(204);
    expect(await usernamesIn(path)).to.deep.equal([heir.username]);
    expect(problemOf(await remove(heir))).to.equal('409 last_owner');
    expect((await heir.delete(path)).status).to.equal(204);
    expect((await remove(heir)).status, 'without organizations').to.equal(204);
  });

  it('succeeds for one of two last Owners who delete their accounts concurrently', async () => {
    const { path, ann, bob } = await service.organization({ ann: 'Owner', bob: 'Owner' });
    const responses = await Promise.all([remove(ann), remove(bob)]);
    expect(responses.map(({ status }) => status).sort()).to.deep.equal([204, 409]);
    const rejected = responses.find(({ status }) => status === 409);
    expect(rejected && problemOf(rejected)).to.equal('409 last_owner');
    expect(await usernamesIn(path)).to.have.length(1);
  });

  it('releases the e-mail address', async () => {
    const email = 'free@example.com';
    expect((await remove(await service.user({ email }))).status).to.equal(204);
    expect((await api.post('/users', service.newUser({ email }))).status).to.equal(201);
  });

  it('does not restore memberships if the name is reused, swept or not, cached or not', async () => {
    const { path, name, owner, admin, second } = await service.organization({
      owner: 'Owner',
      admin: 'Admin',
      second: 'Owner',
    });
    expect((await owner.get(`${path}/members/${admin.username}`)).status, 'cached').to.equal(200);
    for (const user of [admin, second]) {
      const { username } = user;
      const membership = `${path}/members/${username}`;
      const before = (await api.get(user.path)).body.user;
      expect((await remove(user)).status).to.equal(204);
      await createUsers(api, username);
      const again = (await api.get(user.path)).body.user;
      expect(again?.id)
        .to.match(/^user_/)
        .and.not.equal(before?.id);
      expect(again?.version, 'the version continues').to.be.greaterThan(before?.version ?? 0);

      expect(problemOf(await owner.get(membership))).to.equal('404 membership_not_found');
      expect(problemOf(await user.get(membership))).to.equal('404 membership_not_found');
      expect(problemOf(await user.get(path))).to.equal('404 organization_not_found');
      expect(problemOf(await user.delete(membership))).to.equal('404 organization_not_found');
      expect(await service.check(name, username)).to.deep.equal({ allowed: false, reason: 'not_member' });
      expect((await user.get(`${user.path}/organizations`)).body).to.deep.equal({ memberships: [] });
      expect(await usernamesIn(path)).to.not.include(username);
    }
    const added = await owner.post(`${path}/members`, { memberUsername: admin.username, role: 'Member' });
    expect(added.status, 'the new user can be added').to.equal(201);
    expect(await service.check(name, admin.username)).to.have.property('role', 'Member');
    expect((await admin.get(`${admin.path}/organizations`)).body.memberships).to.have.length(1);
  });

  it('leaves no events to a new user of the same name', async () => {
    const user = await service.user();
    await user.patch(user.path, { firstName: 'Older' });
    await remove(user);
    await createUsers(api, user.username);
    const { body } = await user.get(`${user.path}/events`);
    expect(body.events?.map(({ seq, type }) => [seq, type])).to.deep.equal([[1, 'user.created']]);
  });

  it('requires the version of If-Match', async () => {
    const user = await service.user();
    await user.patch(user.path, { firstName: 'Changed' });
    const deleteIf = (tag: string) => user.with({ 'If-Match': tag }).delete(user.path);
    expect(problemOf(await deleteIf('"1"'))).to.equal('412 version_mismatch');
    expect((await api.get(user.path)).status).to.equal(200);
    expect((await deleteIf('"2"')).status).to.equal(204);
  });

  it('is allowed for the user and services with the scope admin only', async () => {
    const { path } = await service.user();
    expect(problemOf(await api.delete(path))).to.equal('401 unauthenticated');
    for (const by of [api.as('bystander'), service.reader, service.writer]) {
      expect(problemOf(await by.delete(path))).to.equal('403 forbidden');
    }
    expect(problemOf(await api.as('bystander').delete('/users/nobody'))).to.equal('403 forbidden');
    expect((await api.get(path)).status).to.equal(200);
    expect((await service.admin.delete(path)).status).to.equal(204);
    expect(problemOf(await api.get(path))).to.equal('404 user_not_found');
  });
});
