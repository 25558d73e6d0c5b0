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

  before(async () => {
    path = await createOrganization(api, 'Acme', { owner: 'Owner', admin: 'Admin', member: 'Member' });
    await createUsers(api, 'stranger', 'suspended', 'deleted');
    await service.admin.post('/users/suspended/suspend', {});
    await api.as('deleted').delete('/users/deleted');
  });

  const reads: Readonly<Record<string, (by: ApiClient) => Promise<ApiResponse>>> = {
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

  it('gives a service the rights of the user, ignoring the case of the name', async () => {
    const organizationName = service.unique('new');
    const created = await as('Stranger').post('/organizations', { organizationName });
    expect(created.status, created.text).to.equal(201);
    expect(created.body.organization).to.include({ foundingUser: 'stranger' });
    expect(
      (
        await as('owner').delete(
          `${path}/members/${(await service.member(api.as('owner'), path, 'Member')).username}`,
        )
      ).status,
    ).to.equal(204);
    expect((await as('member').patch('/users/member', { lastName: service.unique('new') })).status).to.equal(
      200,
    );
    const { body } = await as('member').get('/users/member/events');
    expect(body.events?.at(-1)?.actor).to.deep.equal({
      type: 'service',
      name: 'writer',
      onBehalfOf: 'member',
    });
  });

  it('gives no other rights, whatever the scopes of the service', async () => {
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

  it('requires the scope read for reads and the scope write for writes', async () => {
    const reader = as('owner', service.reader);
    for (const [what, read] of Object.entries(reads)) {
      expect((await read(reader)).status, what).to.equal(200);
    }
    for (const response of [
      await reader.patch('/users/owner', { firstName: 'X' }),
      await reader.delete('/users/owner'),
      await reader.post('/users', service.newUser()),
      await reader.post('/organizations', { organizationName: service.unique('new') }),
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

  for (const [username, problem] of [
    ['nobody', '404 user_not_found'],
    ['deleted', '404 user_not_found'],
    ['suspended', '403 user_suspended'],
  ] as const) {
    it(`answers ${problem} to every request for "${username}"`, async () => {
      for (const by of [service.writer, service.admin]) {
        const client = as(username, by);
        for (const [what, read] of Object.entries(reads)) {
          expect(problemOf(await read(client)), what).to.equal(problem);
        }
        for (const response of [
          await client.post('/organizations', { organizationName: service.unique('new') }),
          await client.patch(`/users/${username}`, { firstName: 'X' }),
          await client.delete(`/users/${username}`),
          await client.post(`/users/${username}/resume`, {}),
          await client.patch(path, { displayName: 'X' }),
          await client.post(`${path}/members`, { memberUsername: 'stranger', role: 'Member' }),
        ]) {
          expect(problemOf(response)).to.equal(problem);
        }
      }
    });
  }

  for (const username of ['', 'No body', 'a/b', 'owner, member', 'x'.repeat(64)]) {
    it(`rejects ${JSON.stringify(username)}`, async () => {
      expect(invalidFields(await as(username).get(path))).to.deep.equal(['header.On-Behalf-Of']);
    });
  }

  it('is rejected for callers that are not services', async () => {
    for (const by of [api.as('owner'), api]) {
      for (const username of ['owner', 'member']) {
        expect(invalidFields(await as(username, by).get('/users/member'))).to.deep.equal([
          'header.On-Behalf-Of',
        ]);
      }
    }
  });
});
