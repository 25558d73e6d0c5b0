import { expect } from 'chai';
import { newApiKey } from '../../../src/adapters/auth/api-keys/api-key.ts';
import {
  ApiClient,
  type ApiResponse,
  createOrganization,
  createUsers,
  problemOf,
} from '../../support/api-client.ts';
import { startComposedService } from '../../support/composed-service.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

const CHALLENGE = 'Username realm="rollcall", ApiKey realm="rollcall"';

describe('services as callers', () => {
  const service = useEmbeddedService();
  const { api } = service;
  let path: string;

  before(async () => {
    path = await createOrganization(api, 'Acme', { owner: 'Owner', admin: 'Admin', member: 'Member' });
    await createUsers(api, 'stranger');
  });

  const reads: Readonly<Record<string, (by: ApiClient) => Promise<ApiResponse>>> = {
    'read a user': (by) => by.get('/users/owner'),
    "list a user's organizations": (by) => by.get('/users/owner/organizations'),
    "list a user's events": (by) => by.get('/users/owner/events'),
    'read an organization': (by) => by.get(path),
    'list its members': (by) => by.get(`${path}/members`),
    'read a membership': (by) => by.get(`${path}/members/member`),
    'list its events': (by) => by.get(`${path}/events`),
    'check a membership': (by) =>
      by.post('/checks', { checks: [{ organization: 'acme', username: 'owner' }] }),
  };
  for (const [operation, read] of Object.entries(reads)) {
    it(`may ${operation} with every scope`, async () => {
      for (const by of [service.reader, service.writer, service.admin]) {
        const { status, text } = await read(by);
        expect(status, text).to.equal(200);
      }
    });
  }

  it('get 404 for resources that do not exist', async () => {
    const { reader } = service;
    expect(problemOf(await reader.get('/users/nobody'))).to.equal('404 user_not_found');
    expect(problemOf(await reader.get('/users/nobody/organizations'))).to.equal('404 user_not_found');
    expect(problemOf(await reader.get('/organizations/nowhere'))).to.equal('404 organization_not_found');
    expect(problemOf(await reader.get('/organizations/nowhere/members'))).to.equal(
      '404 organization_not_found',
    );
    expect(problemOf(await reader.get(`${path}/members/stranger`))).to.equal('404 membership_not_found');
  });

  const adminOperations: Readonly<Record<string, (by: ApiClient) => Promise<ApiResponse>>> = {
    'create a user': (by) => by.post('/users', service.newUser()),
    'edit a user': (by) => by.patch('/users/member', { firstName: service.unique('new') }),
    'suspend a user': (by) => by.post('/users/stranger/suspend', {}),
    'resume a user': (by) => by.post('/users/stranger/resume', {}),
    'rename an organization': (by) => by.patch(path, { displayName: service.unique('new') }),
    'suspend an organization': (by) => by.post(`${path}/suspend`, {}),
    'resume an organization': (by) => by.post(`${path}/resume`, {}),
  };
  for (const [operation, send] of Object.entries(adminOperations)) {
    it(`may ${operation} with the scope admin only`, async () => {
      for (const by of [service.reader, service.writer]) {
        expect(problemOf(await send(by))).to.equal('403 forbidden');
      }
      expect((await send(service.admin)).status).to.be.oneOf([200, 201]);
    });
  }

  it('may manage members only on behalf of a user', async () => {
    for (const by of [service.reader, service.writer, service.admin]) {
      for (const response of [
        await by.post('/organizations', { organizationName: service.unique('new') }),
        await by.post(`${path}/members`, { memberUsername: 'stranger', role: 'Member' }),
        await by.patch(`${path}/members/member`, { role: 'Admin' }),
        await by.delete(`${path}/members/member`),
        await by.post(`${path}/ownership-transfers`, { toUsername: 'admin' }),
      ]) {
        expect(problemOf(response)).to.equal('403 forbidden');
      }
    }
  });

  describe('with API keys', () => {
    const unknown = newApiKey('reader', ['admin']).key;
    const invalidCredentials: Readonly<Record<string, string>> = {
      'an unknown key': `ApiKey ${unknown}`,
      'a truncated key': `ApiKey ${unknown.slice(0, -1)}`,
      'an empty key': 'ApiKey ',
      'the name of a service as the key': 'ApiKey reader',
      'a key that is too long': `ApiKey  ${'x'.repeat(2000)}`,
      'a key as a bearer token': `Bearer ${unknown}`,
      // It looks like a username.
      'a key without the scheme': unknown,
    };
    for (const [what, credentials] of Object.entries(invalidCredentials)) {
      it(`rejects ${what} and does not disclose it`, async () => {
        const by = api.as(credentials);
        for (const response of [
          await by.get('/users/owner'),
          await by.get(path),
          await by.post('/users', service.newUser()),
        ]) {
          expect(problemOf(response)).to.equal('401 unauthenticated');
          expect(response.headers.get('WWW-Authenticate')).to.equal(CHALLENGE);
          const sent = (JSON.stringify([...response.headers]) + response.text).toLowerCase();
          expect(sent).to.not.contain(unknown.slice(9).toLowerCase());
        }
      });
    }

    it('rejects On-Behalf-Of with an unknown key', async () => {
      const by = api.as(`ApiKey ${unknown}`).with({ 'On-Behalf-Of': 'owner' });
      expect(problemOf(await by.get(path))).to.equal('401 unauthenticated');
    });

    it('discloses no key in any response', async () => {
      const { key, entry } = newApiKey('quiet', ['read']);
      const composed = await startComposedService({ API_KEYS: entry });
      try {
        const by = new ApiClient(composed.url).as(`ApiKey ${key}`);
        const responses = [
          await by.get('/nowhere'),
          await by.get('/users/nobody'),
          await by.get('/users/no%20body'),
          await by.delete('/users/nobody'),
          await by.send('PUT', '/users'),
          await by.post('/checks', { checks: [key.slice(0, 10)] }),
        ];
        expect(responses.map(problemOf)).to.deep.equal([
          '404 not_found',
          '404 user_not_found',
          '400 invalid_request',
          '403 forbidden',
          '405 method_not_allowed',
          '400 invalid_request',
        ]);
        const digest = entry.slice(-64);
        for (const { text, headers } of responses) {
          const sent = JSON.stringify([...headers]) + text;
          expect(sent).to.not.contain(key).and.not.contain(key.slice(9)).and.not.contain(digest);
        }
        expect((await by.with({ Authorization: `apikey   ${key}` }).get('/users/nobody')).status).to.equal(
          404,
        );
      } finally {
        await composed.close();
      }
    });

    it('rejects every key if none is configured', async () => {
      const composed = await startComposedService();
      try {
        const by = new ApiClient(composed.url).as(`ApiKey ${unknown}`);
        expect(problemOf(await by.get('/users/owner'))).to.equal('401 unauthenticated');
      } finally {
        await composed.close();
      }
    });
  });
});
