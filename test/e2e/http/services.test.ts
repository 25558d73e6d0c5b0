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
  let made = 0;

  before(async () => {
    path = await createOrganization(api, 'Acme', { owner: 'Owner', admin: 'Admin', member: 'Member' });
    await createUsers(api, 'stranger');
  });

  const newName = () => `new${++made}`;
  const person = () => ({ username: newName(), firstName: 'A', lastName: 'B' });

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
  for (const [what, read] of Object.entries(READS)) {
    it(`with every scope: ${what}`, async () => {
      for (const by of [service.reader, service.writer, service.admin]) {
        const { status, text } = await read(by);
        expect(status, text).to.equal(200);
      }
    });
  }

  it('what is not there is 404 for them too', async () => {
    const { reader } = service;
    expect(problemOf(await reader.get('/users/nobody'))).to.equal('404 user_not_found');
    expect(problemOf(await reader.get('/users/nobody/organizations'))).to.equal('404 user_not_found');
    expect(problemOf(await reader.get('/organizations/nowhere'))).to.equal('404 organization_not_found');
    expect(problemOf(await reader.get('/organizations/nowhere/members'))).to.equal(
      '404 organization_not_found',
    );
    expect(problemOf(await reader.get(`${path}/members/stranger`))).to.equal('404 membership_not_found');
  });

  const ADMINISTERS: Readonly<Record<string, (by: ApiClient) => Promise<ApiResponse>>> = {
    'creating a user': (by) => by.post('/users', person()),
    'editing a user': (by) => by.patch('/users/member', { firstName: newName() }),
    'suspending a user': (by) => by.post('/users/stranger/suspend', {}),
    'resuming a user': (by) => by.post('/users/stranger/resume', {}),
    'renaming an organization': (by) => by.patch(path, { displayName: newName() }),
    'suspending an organization': (by) => by.post(`${path}/suspend`, {}),
    'resuming an organization': (by) => by.post(`${path}/resume`, {}),
  };
  for (const [what, administer] of Object.entries(ADMINISTERS)) {
    it(`with the scope admin only: ${what}`, async () => {
      for (const by of [service.reader, service.writer]) {
        expect(problemOf(await administer(by))).to.equal('403 forbidden');
      }
      expect((await administer(service.admin)).status).to.be.oneOf([200, 201]);
    });
  }

  it('nobody is Owner or Admin in their own name, so members are for those who act for a user', async () => {
    for (const by of [service.reader, service.writer, service.admin]) {
      for (const response of [
        await by.post('/organizations', { organizationName: newName() }),
        await by.post(`${path}/members`, { memberUsername: 'stranger', role: 'Member' }),
        await by.patch(`${path}/members/member`, { role: 'Admin' }),
        await by.delete(`${path}/members/member`),
        await by.post(`${path}/ownership-transfers`, { toUsername: 'admin' }),
      ]) {
        expect(problemOf(response)).to.equal('403 forbidden');
      }
    }
  });

  describe('keys', () => {
    const unknown = newApiKey('reader', ['admin']).key;
    const NOBODYS: Readonly<Record<string, string>> = {
      'that nobody made here': `ApiKey ${unknown}`,
      'cut short': `ApiKey ${unknown.slice(0, -1)}`,
      'of nothing': 'ApiKey ',
      'that are the name of a service': 'ApiKey reader',
      'far too long': `ApiKey  ${'x'.repeat(2000)}`,
      'as a bearer token': `Bearer ${unknown}`,
      // Which makes it a username, as far as anybody can tell.
      'without the word before them': unknown,
    };
    for (const [what, credentials] of Object.entries(NOBODYS)) {
      it(`${what} are nobody's, and are told to nobody`, async () => {
        const by = api.as(credentials);
        for (const response of [
          await by.get('/users/owner'),
          await by.get(path),
          await by.post('/users', person()),
        ]) {
          expect(problemOf(response)).to.equal('401 unauthenticated');
          expect(response.headers.get('WWW-Authenticate')).to.equal(CHALLENGE);
          const told = (JSON.stringify([...response.headers]) + response.text).toLowerCase();
          expect(told).to.not.contain(unknown.slice(9).toLowerCase());
        }
      });
    }

    it('that nobody knows act for nobody', async () => {
      const by = api.as(`ApiKey ${unknown}`).with({ 'On-Behalf-Of': 'owner' });
      expect(problemOf(await by.get(path))).to.equal('401 unauthenticated');
    });

    it('are in no problem and no answer', async () => {
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
        const refusals = responses.map(problemOf);
        expect(refusals).to.deep.equal([
          '404 not_found',
          '404 user_not_found',
          '400 invalid_request',
          '403 forbidden',
          '405 method_not_allowed',
          '400 invalid_request',
        ]);
        const digest = entry.slice(-64);
        for (const { text, headers } of responses) {
          const told = JSON.stringify([...headers]) + text;
          expect(told).to.not.contain(key).and.not.contain(key.slice(9)).and.not.contain(digest);
        }
        expect((await by.with({ Authorization: `apikey   ${key}` }).get('/users/nobody')).status).to.equal(
          404,
        );
      } finally {
        await composed.close();
      }
    });

    it('of no service are there where none are set', async () => {
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
