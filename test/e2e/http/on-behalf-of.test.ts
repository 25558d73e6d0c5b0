import { expect } from 'chai';
import {
  type ApiClient,
  type ApiResponse,
  createOrganization,
  createUsers,
  invalidFields,
  problemOf,
} from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('On-Behalf-Of', () => {
  const service = useEmbeddedService();
  const { api } = service;
  let path: string;
  let made = 0;

  before(async () => {
    path = await createOrganization(api, 'Acme', { owner: 'Owner', admin: 'Admin', member: 'Member' });
    await createUsers(api, 'stranger', 'resting', 'gone');
    await service.admin.post('/users/resting/suspend', {});
    await api.as('gone').delete('/users/gone');
  });

  const newName = () => `new${++made}`;
  const person = () => ({ username: newName(), firstName: 'A', lastName: 'B' });
  const newMember = async (): Promise<string> => {
    const memberUsername = newName();
    await createUsers(api, memberUsername);
    await api.as('owner').post(`${path}/members`, { memberUsername, role: 'Member' });
    return memberUsername;
  };

  const READS: Readonly<Record<string, (by: ApiClient) => Promise<ApiResponse>>> = {
    'a user': (by) => by.get('/users/owner'),
    "a user's organizations": (by) => by.get('/users/owner/organizations'),
    "a user's events": (by) => by.get('/users/owner/events'),
    'an organization': (by) => by.get(path),
    'its members': (by) => by.get(`${path}/members`),
    'a membership': (by) => by.get(`${path}/members/member`),
    'its events': (by) => by.get(`${path}/events`),
    'a check': (by) => by.post('/checks', { checks: [{ organization: 'acme', username: 'owner' }] }),
  };
  const as = (username: string, by = service.writer) => by.with({ 'On-Behalf-Of': username });

  it('lets a service do what the user may, whatever case the name is in', async () => {
    const organizationName = newName();
    const founded = await as('Stranger').post('/organizations', { organizationName });
    expect(founded.status, founded.text).to.equal(201);
    expect(founded.body.organization).to.include({ foundingUser: 'stranger' });
    expect((await as('owner').delete(`${path}/members/${await newMember()}`)).status).to.equal(204);
    expect((await as('member').patch('/users/member', { lastName: newName() })).status).to.equal(200);
    const { body } = await as('member').get('/users/member/events');
    expect(body.events?.at(-1)?.actor).to.deep.equal({
      type: 'service',
      name: 'writer',
      onBehalfOf: 'member',
    });
  });

  it('lets it do no more than that, whatever its scopes', async () => {
    for (const by of [service.writer, service.admin]) {
      const member = as('member', by);
      expect(problemOf(await member.patch(path, { displayName: 'Mine' }))).to.equal('403 forbidden');
      expect(problemOf(await member.get(`${path}/events`))).to.equal('403 forbidden');
      expect(problemOf(await member.patch('/users/owner', { firstName: 'X' }))).to.equal('403 forbidden');
      expect(problemOf(await member.delete('/users/owner'))).to.equal('403 forbidden');
      expect(problemOf(await member.get('/users/owner/organizations'))).to.equal('403 forbidden');
      expect(problemOf(await member.get('/users/owner/events'))).to.equal('403 forbidden');
      expect(problemOf(await member.post('/users/member/suspend', {}))).to.equal('403 forbidden');
      expect(problemOf(await member.post(`${path}/suspend`, {}))).to.equal('403 forbidden');
      expect(problemOf(await as('admin', by).delete(`${path}/members/owner`))).to.equal('403 forbidden');
      expect(problemOf(await as('admin', by).delete(path))).to.equal('403 forbidden');
      expect(problemOf(await as('stranger', by).get(path))).to.equal('404 organization_not_found');
      expect(problemOf(await as('stranger', by).delete(path))).to.equal('404 organization_not_found');
    }
  });

  it('to change anything takes the scope write, to read the scope read', async () => {
    const reader = as('owner', service.reader);
    for (const [what, read] of Object.entries(READS)) {
      expect((await read(reader)).status, what).to.equal(200);
    }
    for (const response of [
      await reader.patch('/users/owner', { firstName: 'X' }),
      await reader.delete('/users/owner'),
      await reader.post('/users', person()),
      await reader.post('/organizations', { organizationName: newName() }),
      await reader.patch(path, { displayName: 'X' }),
      await reader.delete(path),
      await reader.post(`${path}/members`, { memberUsername: 'stranger', role: 'Member' }),
      await reader.patch(`${path}/members/member`, { role: 'Admin' }),
      await reader.delete(`${path}/members/member`),
      await reader.post(`${path}/ownership-transfers`, { toUsername: 'admin' }),
    ]) {
      expect(problemOf(response)).to.equal('403 forbidden');
    }
  });

  for (const [username, refusal] of [
    ['nobody', '404 user_not_found'],
    ['gone', '404 user_not_found'],
    ['resting', '403 user_suspended'],
  ] as const) {
    it(`of "${username}" is ${refusal}, whatever is asked`, async () => {
      for (const by of [service.writer, service.admin]) {
        const acting = as(username, by);
        for (const [what, read] of Object.entries(READS)) {
          expect(problemOf(await read(acting)), what).to.equal(refusal);
        }
        for (const response of [
          await acting.post('/organizations', { organizationName: newName() }),
          await acting.patch(`/users/${username}`, { firstName: 'X' }),
          await acting.delete(`/users/${username}`),
          await acting.post(`/users/${username}/resume`, {}),
          await acting.patch(path, { displayName: 'X' }),
          await acting.post(`${path}/members`, { memberUsername: 'stranger', role: 'Member' }),
        ]) {
          expect(problemOf(response)).to.equal(refusal);
        }
      }
    });
  }

  for (const username of ['', 'No body', 'a/b', 'owner, member', 'x'.repeat(64)]) {
    it(`of ${JSON.stringify(username)} is a mistake`, async () => {
      expect(invalidFields(await as(username).get(path))).to.deep.equal(['header.On-Behalf-Of']);
    });
  }

  it('is for services alone', async () => {
    for (const by of [api.as('owner'), api]) {
      for (const username of ['owner', 'member']) {
        expect(invalidFields(await as(username, by).get('/users/member'))).to.deep.equal([
          'header.On-Behalf-Of',
        ]);
      }
    }
  });
});
