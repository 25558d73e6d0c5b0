import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { HeaderAuthenticator } from '../../../src/adapters/auth/header/header-authenticator.ts';
import { createApp } from '../../../src/adapters/http/app.ts';
import { CursorCipher } from '../../../src/adapters/http/response/cursor-cipher.ts';
import { Health } from '../../../src/app/operations/health.ts';
import { accountStack } from '../../support/account-stack.ts';
import { ApiClient, type ApiResponse, createOrganization, outcomeOf } from '../../support/api-client.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';

describe('a request without effect writes no marker to the cache', () => {
  const stack = accountStack();
  const { cache } = stack;
  let server: Server;
  let ann: ApiClient;
  let path: string;

  before(async () => {
    const { service, keeper, clock } = stack;
    const identity = { description: 'test', isPrivate: false, isAbsent: false };
    const health = new Health({ keeper, cache, identity, clock, settings: SETTINGS });
    const app = createApp({
      service,
      health,
      authenticator: new HeaderAuthenticator(),
      cursorCipher: new CursorCipher(async () => 'store'),
      telemetry: { emit: () => {} },
      rateLimitPerMinute: 0,
      trustProxy: 0,
      corsOrigins: [],
      isDraining: () => false,
    });
    server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const api = new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    path = await createOrganization(api, 'Acme', { ann: 'Owner', bob: 'Admin', cat: 'Member' });
    ann = api.as('ann');
    await ann.patch('/users/ann', { email: 'ann@example.org' });
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const cases: Readonly<
    Record<string, readonly [expected: string, send: (by: ApiClient) => Promise<ApiResponse>]>
  > = {
    'the role of the member': ['200', (by) => by.patch(`${path}/members/cat`, { role: 'Member' })],
    'the display name of the organization': ['200', (by) => by.patch(path, { displayName: 'Acme' })],
    'the names and the e-mail address of the user': [
      '200',
      (by) => by.patch('/users/ann', { firstName: 'Some', lastName: 'Body', email: 'ann@example.org' }),
    ],
    'an empty edit': ['200', (by) => by.patch('/users/ann', {})],
    'an unknown field': ['400 invalid_request', (by) => by.patch(path, { name: 'New' })],
    'an unknown role': ['400 invalid_request', (by) => by.patch(`${path}/members/cat`, { role: 'King' })],
    'a malformed If-Match': [
      '400 invalid_request',
      (by) => by.with({ 'If-Match': '1' }).patch(path, { displayName: 'New' }),
    ],
    'no JSON': [
      '400 invalid_request',
      (by) => by.with({ 'Content-Type': 'application/json' }).send('PATCH', path, '{'),
    ],
    'no right': ['403 forbidden', (by) => by.as('cat').patch(path, { displayName: 'New' })],
    nobody: ['401 unauthenticated', (by) => by.as('nobody').patch(path, { displayName: 'New' })],
    'another version': [
      '412 version_mismatch',
      (by) => by.with({ 'If-Match': '"7", "8"' }).patch(path, { displayName: 'New' }),
    ],
    'a user who exists': [
      '409 user_already_exists',
      (by) => by.post('/users', { username: 'bob', firstName: 'B', lastName: 'B' }),
    ],
    'an e-mail address that is taken': [
      '409 email_taken',
      (by) => by.as('bob').patch('/users/bob', { email: 'ANN@example.org' }),
    ],
    'an organization that exists': [
      '409 organization_already_exists',
      (by) => by.post('/organizations', { organizationName: 'Acme' }),
    ],
    'a member who is one already': [
      '409 membership_already_exists',
      (by) => by.post(`${path}/members`, { memberUsername: 'cat', role: 'Admin' }),
    ],
    'removal of a user who is not a member': [
      '404 membership_not_found',
      (by) => by.delete(`${path}/members/nobody`),
    ],
    'removal of the last Owner': ['409 last_owner', (by) => by.delete(`${path}/members/ann`)],
    'deletion of the last Owner': ['409 last_owner', (by) => by.delete('/users/ann')],
  };
  for (const [what, [expected, send]] of Object.entries(cases)) {
    it(`${what}: ${expected}, with and without an idempotency key`, async () => {
      const before = await stack.store.scan({ limit: 100 }, Number.MAX_SAFE_INTEGER);
      for (const by of [ann, ann.with({ 'Idempotency-Key': what.replaceAll(' ', '-') })]) {
        cache.calls.length = 0;
        const response = await send(by);
        expect(outcomeOf(response)).to.equal(expected);
        expect(cache.of('put')).to.deep.equal([]);
      }
      expect(await stack.store.scan({ limit: 100 }, Number.MAX_SAFE_INTEGER)).to.deep.equal(before);
    });
  }

  it('unlike a request that changes something', async () => {
    cache.calls.length = 0;
    expect((await ann.patch(path, { displayName: 'New' })).status).to.equal(200);
    expect(cache.of('put').map(({ keys }) => keys.length)).to.deep.equal([1]);
  });
});
