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

  const check = async (organization: string, username: string) => {
    const { body } = await service.reader.post('/checks', { checks: [{ organization, username }] });
    return body.results?.[0];
  };
  const found = (founder: string, organizationName: string): Promise<ApiResponse> =>
    api.as(founder).post('/organizations', { organizationName });
  const organizationsOf = async (username: string): Promise<readonly string[] | undefined> =>
    (await api.as(username).get(`/users/${username}/organizations`)).body.memberships?.map(
      (one) => one.organizationName,
    );

  it('answers 204 without a body, and there is no such organization any more, to anybody', async () => {
    const path = await createOrganization(api, 'Gone', { gowner: 'Owner', gmember: 'Member' });
    expect(await api.as('gowner').delete(path)).to.include({ status: 204, text: '' });
    for (const by of [api.as('gowner'), api.as('gmember'), api.as('outsider'), service.reader]) {
      for (const read of [path, `${path}/members`, `${path}/events`, `${path}/members/gowner`]) {
        expect(problemOf(await by.get(read)), read).to.equal('404 organization_not_found');
      }
    }
    const owner = api.as('gowner');
    for (const response of [
      await owner.delete(path),
      await owner.patch(path, { displayName: 'Back' }),
      await owner.post(`${path}/members`, { memberUsername: 'outsider', role: 'Member' }),
      await owner.patch(`${path}/members/gmember`, { role: 'Admin' }),
      await owner.delete(`${path}/members/gmember`),
      await owner.delete(`${path}/members/gowner`),
      await owner.post(`${path}/ownership-transfers`, { toUsername: 'gmember' }),
      await service.admin.post(`${path}/suspend`, {}),
      await service.admin.delete(path),
    ]) {
      expect(problemOf(response)).to.equal('404 organization_not_found');
    }
  });

  it('makes every check on it false at once, cached or not, and takes it off every list', async () => {
    const path = await createOrganization(api, 'Ended', {
      eowner: 'Owner',
      eadmin: 'Admin',
      emember: 'Member',
    });
    for (const username of ['eowner', 'eadmin', 'emember']) {
      expect(await check('ended', username), 'cached').to.include({ allowed: true });
      expect(await organizationsOf(username)).to.deep.equal(['ended']);
    }
    expect((await api.as('eowner').delete(path)).status).to.equal(204);
    for (const username of ['eowner', 'eadmin', 'emember']) {
      expect(await check('ended', username)).to.deep.equal({
        allowed: false,
        reason: 'organization_not_found',
      });
      expect(problemOf(await api.as(username).get(`${path}/members/${username}`))).to.equal(
        '404 organization_not_found',
      );
      expect(await organizationsOf(username)).to.deep.equal([]);
    }
  });

  it('a name taken again revives no membership, swept or not, cached or not', async () => {
    const path = await createOrganization(api, 'Again', { first: 'Owner', admin: 'Admin', next: 'Member' });
    const before = (await api.as('first').get(path)).body.organization;
    for (const username of ['first', 'admin']) await check('again', username);
    expect((await api.as('first').delete(path)).status).to.equal(204);
    expect((await found('next', 'Again')).status).to.equal(201);

    const again = (await api.as('next').get(path)).body.organization;
    expect(again).to.include({ foundingUser: 'next', version: 3 });
    expect(again?.id).to.match(/^org_/).and.not.equal(before?.id);
    for (const username of ['first', 'admin']) {
      expect(await check('again', username)).to.deep.equal({ allowed: false, reason: 'not_member' });
      expect(problemOf(await api.as(username).get(`${path}/members/${username}`))).to.equal(
        '404 membership_not_found',
      );
      expect(problemOf(await api.as(username).get(path))).to.equal('404 organization_not_found');
      expect(problemOf(await api.as(username).delete(path))).to.equal('404 organization_not_found');
      expect(await organizationsOf(username)).to.deep.equal([]);
    }
    const members = await api.as('next').get(`${path}/members`);
    expect(members.body.members?.map((m) => [m.memberUsername, m.role])).to.deep.equal([['next', 'Owner']]);
    expect(await check('again', 'next'), 'who was a Member is its Owner').to.deep.equal({
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
    expect(await check('again', 'admin')).to.include({ allowed: true, role: 'Member' });
  });

  it('an earlier Owner of the name may delete themself without touching the new organization', async () => {
    const path = await createOrganization(api, 'Inherited', { former: 'Owner', owns: 'Member' });
    await api.as('former').delete(path);
    await found('owns', 'Inherited');
    expect((await api.as('former').delete('/users/former')).status).to.equal(204);
    expect((await api.as('owns').get(path)).body.organization).to.include({
      foundingUser: 'owns',
      version: 3,
    });
    expect(await check('inherited', 'owns')).to.include({ allowed: true, role: 'Owner' });
  });

  it(`whoever owned ${OWNED} has room again, for each that is gone`, async () => {
    await createUsers(api, 'tycoon');
    const tycoon = api.as('tycoon');
    for (let i = 1; i <= OWNED; i += 1) expect((await found('tycoon', `Venture ${i}`)).status).to.equal(201);
    expect(problemOf(await found('tycoon', 'One more'))).to.equal('409 too_many_organizations');

    expect((await tycoon.delete('/organizations/venture-7')).status).to.equal(204);
    expect((await found('tycoon', 'One more')).status).to.equal(201);
    expect(problemOf(await found('tycoon', 'Too many'))).to.equal('409 too_many_organizations');

    for (const { organizationName } of (await tycoon.get('/users/tycoon/organizations?limit=100')).body
      .memberships ?? []) {
      expect((await tycoon.delete(`/organizations/${organizationName}`)).status).to.equal(204);
    }
    for (let i = 1; i <= OWNED; i += 1) expect((await found('tycoon', `Second ${i}`)).status).to.equal(201);
    expect(problemOf(await found('tycoon', 'Too many'))).to.equal('409 too_many_organizations');
    expect(await organizationsOf('tycoon')).to.have.length(OWNED);
  });

  it(`one of ${OWNED} that is gone makes room too where others took its name`, async () => {
    await createUsers(api, 'mogul', 'rival');
    for (let i = 1; i <= OWNED; i += 1) await found('mogul', `Mogul ${i}`);
    await api.as('mogul').delete('/organizations/mogul-3');
    expect((await found('rival', 'Mogul 3')).status).to.equal(201);
    const added = await api
      .as('rival')
      .post('/organizations/mogul-3/members', { memberUsername: 'mogul', role: 'Owner' });
    expect(added.status, added.text).to.equal(201);
    expect(problemOf(await found('mogul', 'Beyond'))).to.equal('409 too_many_organizations');
  });

  it('is for Owners and services with the scope admin alone', async () => {
    const path = await createOrganization(api, 'Guarded', { down: 'Owner', dadm: 'Admin', dmem: 'Member' });
    for (const by of [api.as('dadm'), api.as('dmem'), service.reader, service.writer]) {
      expect(problemOf(await by.delete(path))).to.equal('403 forbidden');
    }
    expect(problemOf(await api.as('outsider').delete(path))).to.equal('404 organization_not_found');
    expect(problemOf(await api.delete(path))).to.equal('401 unauthenticated');
    expect((await api.as('dmem').get(path)).body.organization?.version).to.equal(1);
    expect((await service.admin.delete(path)).status).to.equal(204);
    expect(problemOf(await api.as('down').get(path))).to.equal('404 organization_not_found');
  });

  it('If-Match: only at that version', async () => {
    const path = await createOrganization(api, 'Matched', { matched: 'Owner' });
    const at = (tag: string) => api.as('matched').with({ 'If-Match': tag }).delete(path);
    expect(problemOf(await at('"2"'))).to.equal('412 version_mismatch');
    expect((await at('"1"')).status).to.equal(204);
  });
});
