import { expect } from 'chai';
import { type ApiResponse, createOrganization, createUsers, problemOf } from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('DELETE /users/{username}', () => {
  const service = useEmbeddedService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'bystander');
  });

  const remove = (username: string): Promise<ApiResponse> => api.as(username).delete(`/users/${username}`);
  const check = async (organization: string, username: string) => {
    const { body } = await service.reader.post('/checks', { checks: [{ organization, username }] });
    return body.results;
  };
  const usernamesIn = async (path: string): Promise<readonly string[] | undefined> =>
    (await service.reader.get(`${path}/members`)).body.members?.map((one) => one.memberUsername);

  it('answers 204 without a body, and there is no such user any more', async () => {
    await createUsers(api, 'gone');
    expect(await remove('gone')).to.include({ status: 204, text: '' });
    expect(problemOf(await api.get('/users/gone'))).to.equal('404 user_not_found');
    expect(problemOf(await service.admin.delete('/users/gone'))).to.equal('404 user_not_found');
    expect(problemOf(await service.reader.get('/users/gone/organizations'))).to.equal('404 user_not_found');
    expect(problemOf(await service.reader.get('/users/gone/events'))).to.equal('404 user_not_found');
  });

  it('a deleted caller is 401 everywhere at once', async () => {
    const path = await createOrganization(api, 'Everywhere', { stays: 'Owner', leaver: 'Owner' });
    const leaver = api.as('leaver');
    expect((await leaver.get(`${path}/members/leaver`)).status, 'cached').to.equal(200);
    expect((await remove('leaver')).status).to.equal(204);
    const asked = {
      user: await leaver.get('/users/leaver'),
      other: await leaver.get('/users/stays'),
      edit: await leaver.patch('/users/leaver', { firstName: 'Back' }),
      again: await remove('leaver'),
      organizations: await leaver.get('/users/leaver/organizations'),
      events: await leaver.get('/users/leaver/events'),
      found: await leaver.post('/organizations', { organizationName: 'Posthumous' }),
      organization: await leaver.get(path),
      rename: await leaver.patch(path, { displayName: 'Mine' }),
      end: await leaver.delete(path),
      members: await leaver.get(`${path}/members`),
      membership: await leaver.get(`${path}/members/leaver`),
      add: await leaver.post(`${path}/members`, { memberUsername: 'bystander', role: 'Member' }),
      leave: await leaver.delete(`${path}/members/leaver`),
      transfer: await leaver.post(`${path}/ownership-transfers`, { toUsername: 'stays' }),
      checks: await leaver.post('/checks', { checks: [{ organization: 'everywhere', username: 'leaver' }] }),
    };
    for (const [what, response] of Object.entries(asked)) {
      expect(problemOf(response), what).to.equal('401 unauthenticated');
    }
  });

  it('ends memberships at once, cached or not', async () => {
    const path = await createOrganization(api, 'Ended', { boss: 'Owner', second: 'Owner', worker: 'Member' });
    for (const username of ['second', 'worker']) {
      expect((await api.as('boss').get(`${path}/members/${username}`)).status, 'cached').to.equal(200);
      expect(await check('ended', username)).to.have.nested.property('[0].allowed', true);
      expect((await remove(username)).status).to.equal(204);
      expect(problemOf(await api.as('boss').get(`${path}/members/${username}`))).to.equal(
        '404 membership_not_found',
      );
      expect(await check('ended', username)).to.deep.equal([{ allowed: false, reason: 'user_not_found' }]);
      expect(
        problemOf(await api.as('boss').patch(`${path}/members/${username}`, { role: 'Admin' })),
      ).to.equal('404 membership_not_found');
      expect(problemOf(await api.as('boss').delete(`${path}/members/${username}`))).to.equal(
        '404 membership_not_found',
      );
    }
    expect(await usernamesIn(path)).to.deep.equal(['boss']);
    expect(problemOf(await api.as('boss').delete(`${path}/members/boss`)), 'now the last Owner').to.equal(
      '409 last_owner',
    );
  });

  it('is refused while the user is the only Owner of an organization', async () => {
    const path = await createOrganization(api, 'Sole', { sole: 'Owner', heir: 'Admin' });
    const response = await remove('sole');
    expect(problemOf(response)).to.equal('409 last_owner');
    expect(response.body.detail).to.contain('"sole"');
    expect(problemOf(await service.admin.delete('/users/sole')), 'by a service').to.equal('409 last_owner');
    expect((await api.as('sole').get(`${path}/members/sole`)).body.membership).to.include({ role: 'Owner' });

    await api.as('sole').patch(`${path}/members/heir`, { role: 'Owner' });
    expect((await remove('sole')).status).to.equal(204);
    expect(await usernamesIn(path)).to.deep.equal(['heir']);
    expect(problemOf(await remove('heir'))).to.equal('409 last_owner');
    expect((await api.as('heir').delete(path)).status).to.equal(204);
    expect((await remove('heir')).status, 'nothing is owned any more').to.equal(204);
  });

  it('two last Owners who go at the same moment leave one behind', async () => {
    const path = await createOrganization(api, 'Race', { race1: 'Owner', race2: 'Owner' });
    const responses = await Promise.all([remove('race1'), remove('race2')]);
    expect(responses.map(({ status }) => status).sort()).to.deep.equal([204, 409]);
    const refused = responses.find(({ status }) => status === 409);
    expect(refused && problemOf(refused)).to.equal('409 last_owner');
    expect(await usernamesIn(path)).to.have.length(1);
  });

  it('frees the e-mail address', async () => {
    const person = { firstName: 'A', lastName: 'B', email: 'free@example.com' };
    await api.post('/users', { username: 'mailed', ...person });
    expect((await remove('mailed')).status).to.equal(204);
    expect((await api.post('/users', { username: 'next', ...person })).status).to.equal(201);
  });

  it('a name taken again revives no membership, swept or not, cached or not', async () => {
    const path = await createOrganization(api, 'Revive', { keeper: 'Owner', twice: 'Admin', idle: 'Owner' });
    expect((await api.as('keeper').get(`${path}/members/twice`)).status, 'cached').to.equal(200);
    for (const username of ['twice', 'idle']) {
      const before = (await api.get(`/users/${username}`)).body.user;
      expect((await remove(username)).status).to.equal(204);
      await createUsers(api, username);
      const again = (await api.get(`/users/${username}`)).body.user;
      expect(again?.id)
        .to.match(/^user_/)
        .and.not.equal(before?.id);
      expect(again?.version, 'the version counts on').to.be.greaterThan(before?.version ?? 0);

      const [self, keeper] = [api.as(username), api.as('keeper')];
      expect(problemOf(await keeper.get(`${path}/members/${username}`))).to.equal('404 membership_not_found');
      expect(problemOf(await self.get(`${path}/members/${username}`))).to.equal('404 membership_not_found');
      expect(problemOf(await self.get(path))).to.equal('404 organization_not_found');
      expect(problemOf(await self.delete(`${path}/members/${username}`))).to.equal(
        '404 organization_not_found',
      );
      expect(await check('revive', username)).to.deep.equal([{ allowed: false, reason: 'not_member' }]);
      expect((await self.get(`/users/${username}/organizations`)).body).to.deep.equal({ memberships: [] });
      expect(await usernamesIn(path)).to.not.include(username);
    }
    const added = await api.as('keeper').post(`${path}/members`, { memberUsername: 'twice', role: 'Member' });
    expect(added.status, 'but they can be added').to.equal(201);
    expect(await check('revive', 'twice')).to.have.nested.property('[0].role', 'Member');
    expect((await api.as('twice').get('/users/twice/organizations')).body.memberships).to.have.length(1);
  });

  it('who takes the name again has an empty past', async () => {
    await createUsers(api, 'past');
    await api.as('past').patch('/users/past', { firstName: 'Older' });
    await remove('past');
    await createUsers(api, 'past');
    const { body } = await api.as('past').get('/users/past/events');
    expect(body.events?.map(({ seq, type }) => [seq, type])).to.deep.equal([[1, 'user.created']]);
  });

  it('If-Match: only at that version', async () => {
    await createUsers(api, 'moved');
    await api.as('moved').patch('/users/moved', { firstName: 'Moved' });
    const at = (tag: string) => api.as('moved').with({ 'If-Match': tag }).delete('/users/moved');
    expect(problemOf(await at('"1"'))).to.equal('412 version_mismatch');
    expect((await api.get('/users/moved')).status).to.equal(200);
    expect((await at('"2"')).status).to.equal(204);
  });

  it('is for the user and services with the scope admin alone', async () => {
    await createUsers(api, 'target');
    expect(problemOf(await api.delete('/users/target'))).to.equal('401 unauthenticated');
    for (const by of [api.as('bystander'), service.reader, service.writer]) {
      expect(problemOf(await by.delete('/users/target'))).to.equal('403 forbidden');
    }
    expect(problemOf(await api.as('bystander').delete('/users/nobody'))).to.equal('403 forbidden');
    expect((await api.get('/users/target')).status).to.equal(200);
    expect((await service.admin.delete('/users/target')).status).to.equal(204);
    expect(problemOf(await api.get('/users/target'))).to.equal('404 user_not_found');
  });
});
