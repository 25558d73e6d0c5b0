import { expect } from 'chai';
import { type ApiResponse, createOrganization, createUsers, problemOf } from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

const OWNED = 25;

describe('DELETE /organizations/{organization}', () => {
  const service = useEmbeddedService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'outsider');
  });

  const create = (username: string, organizationName: string): Promise<ApiResponse> =>
    api.as(username).post('/organizations', { organizationName });
  const organizationsOf = async (username: string): Promise<readonly string[] | undefined> => {
    const { body } = await api.as(username).get(`/users/${username}/organizations`);
    return body.memberships?.map(({ organizationName }) => organizationName);
  };

  it('returns 204 without a body, and then 404 to every caller', async () => {
    const { path, owner, member } = await service.organization({ owner: 'Owner', member: 'Member' });
    expect(await owner.delete(path)).to.include({ status: 204, text: '' });
    for (const by of [owner, member, api.as('outsider'), service.reader]) {
      for (const read of [path, `${path}/members`, `${path}/events`, `${path}/members/${owner.username}`]) {
        expect(problemOf(await by.get(read)), read).to.equal('404 organization_not_found');
      }
    }
    for (const response of [
      await owner.delete(path),
      await owner.patch(path, { displayName: 'Back' }),
      await owner.post(`${path}/members`, { memberUsername: 'outsider', role: 'Member' }),
      await owner.patch(`${path}/members/${member.username}`, { role: 'Admin' }),
      await owner.delete(`${path}/members/${member.username}`),
      await owner.delete(`${path}/members/${owner.username}`),
      await owner.post(`${path}/ownership-transfers`, { toUsername: member.username }),
      await service.admin.post(`${path}/suspend`, {}),
      await service.admin.delete(path),
    ]) {
      expect(problemOf(response)).to.equal('404 organization_not_found');
    }
  });

  it('denies every check at once, cached or not, and removes the organization from every list', async () => {
    const { path, name, owner, admin, member } = await service.organization({
      owner: 'Owner',
      admin: 'Admin',
      member: 'Member',
    });
    for (const { username } of [owner, admin, member]) {
      expect(await service.check(name, username), 'cached').to.include({ allowed: true });
      expect(await organizationsOf(username)).to.deep.equal([name]);
    }
    expect((await owner.delete(path)).status).to.equal(204);
    for (const { username } of [owner, admin, member]) {
      expect(await service.check(name, username)).to.deep.equal({
        allowed: false,
        reason: 'organization_not_found',
      });
      expect(problemOf(await api.as(username).get(`${path}/members/${username}`))).to.equal(
        '404 organization_not_found',
      );
      expect(await organizationsOf(username)).to.deep.equal([]);
    }
  });

  it('does not restore memberships if the name is reused, swept or not, cached or not', async () => {
    const path = await createOrganization(api, 'Again', { first: 'Owner', admin: 'Admin', next: 'Member' });
    const before = (await api.as('first').get(path)).body.organization;
    for (const username of ['first', 'admin']) await service.check('again', username);
    expect((await api.as('first').delete(path)).status).to.equal(204);
    expect((await create('next', 'Again')).status).to.equal(201);

    const again = (await api.as('next').get(path)).body.organization;
    expect(again).to.include({ foundingUser: 'next', version: 3 });
    expect(again?.id).to.match(/^org_/).and.not.equal(before?.id);
    for (const username of ['first', 'admin']) {
      expect(await service.check('again', username)).to.deep.equal({ allowed: false, reason: 'not_member' });
      expect(problemOf(await api.as(username).get(`${path}/members/${username}`))).to.equal(
        '404 membership_not_found',
      );
      expect(problemOf(await api.as(username).get(path))).to.equal('404 organization_not_found');
      expect(problemOf(await api.as(username).delete(path))).to.equal('404 organization_not_found');
      expect(await organizationsOf(username)).to.deep.equal([]);
    }
    const members = await api.as('next').get(`${path}/members`);
    expect(members.body.members?.map((m) => [m.memberUsername, m.role])).to.deep.equal([['next', 'Owner']]);
    expect(await service.check('again', 'next'), 'the former Member is its Owner').to.deep.equal({
      allowed: true,
      role: 'Owner',
      version: 2,
    });
    expect(problemOf(await api.as('next').delete(`${path}/members/next`)), 'the only one').to.equal(
      '409 last_owner',
    );
    const events = await api.as('next').get(`${path}/events`);
    expect(events.body.events?.map(({ seq, type }) => [seq, type])).to.deep.equal([
      [1, 'organization.created'],
    ]);
    const added = await api.as('next').post(`${path}/members`, { memberUsername: 'admin', role: 'Member' });
    expect(added.status, 'but they can be added').to.equal(201);
    expect(await service.check('again', 'admin')).to.include({ allowed: true, role: 'Member' });
  });

  it('keeps a former Owner from affecting a new organization of that name', async () => {
    const path = await createOrganization(api, 'Inherited', { former: 'Owner', current: 'Member' });
    await api.as('former').delete(path);
    await create('current', 'Inherited');
    expect((await api.as('former').delete('/users/former')).status).to.equal(204);
    expect((await api.as('current').get(path)).body.organization).to.include({
      foundingUser: 'current',
      version: 3,
    });
    expect(await service.check('inherited', 'current')).to.include({ allowed: true, role: 'Owner' });
  });

  it(`lets an Owner of ${OWNED} create another one for each deleted`, async () => {
    await createUsers(api, 'tycoon');
    const tycoon = api.as('tycoon');
    for (let i = 1; i <= OWNED; i += 1) expect((await create('tycoon', `Venture ${i}`)).status).to.equal(201);
    expect(problemOf(await create('tycoon', 'One more'))).to.equal('409 too_many_organizations');

    expect((await tycoon.delete('/organizations/venture-7')).status).to.equal(204);
    expect((await create('tycoon', 'One more')).status).to.equal(201);
    expect(problemOf(await create('tycoon', 'Too many'))).to.equal('409 too_many_organizations');

    for (const { organizationName } of (await tycoon.get('/users/tycoon/organizations?limit=100')).body
      .memberships ?? []) {
      expect((await tycoon.delete(`/organizations/${organizationName}`)).status).to.equal(204);
    }
    for (let i = 1; i <= OWNED; i += 1) expect((await create('tycoon', `Second ${i}`)).status).to.equal(201);
    expect(problemOf(await create('tycoon', 'Too many'))).to.equal('409 too_many_organizations');
    expect(await organizationsOf('tycoon')).to.have.length(OWNED);
  });

  it(`lets an Owner of ${OWNED} join another one even if the name of the deleted one is reused`, async () => {
    await createUsers(api, 'mogul', 'rival');
    for (let i = 1; i <= OWNED; i += 1) await create('mogul', `Mogul ${i}`);
    await api.as('mogul').delete('/organizations/mogul-3');
    expect((await create('rival', 'Mogul 3')).status).to.equal(201);
    const added = await api
      .as('rival')
      .post('/organizations/mogul-3/members', { memberUsername: 'mogul', role: 'Owner' });
    expect(added.status, added.text).to.equal(201);
    expect(problemOf(await create('mogul', 'Beyond'))).to.equal('409 too_many_organizations');
  });

  it('is allowed for Owners and services with the scope admin only', async () => {
    const { path, owner, admin, member } = await service.organization({
      owner: 'Owner',
      admin: 'Admin',
      member: 'Member',
    });
    for (const by of [admin, member, service.reader, service.writer]) {
      expect(problemOf(await by.delete(path))).to.equal('403 forbidden');
    }
    expect(problemOf(await api.as('outsider').delete(path))).to.equal('404 organization_not_found');
    expect(problemOf(await api.delete(path))).to.equal('401 unauthenticated');
    expect((await member.get(path)).body.organization?.version).to.equal(1);
    expect((await service.admin.delete(path)).status).to.equal(204);
    expect(problemOf(await owner.get(path))).to.equal('404 organization_not_found');
  });

  it('requires the version of If-Match', async () => {
    const { path, owner } = await service.organization({ owner: 'Owner' });
    const deleteIf = (tag: string) => owner.with({ 'If-Match': tag }).delete(path);
    expect(problemOf(await deleteIf('"2"'))).to.equal('412 version_mismatch');
    expect((await deleteIf('"1"')).status).to.equal(204);
  });
});
