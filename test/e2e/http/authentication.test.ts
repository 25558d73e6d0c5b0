import { expect } from 'chai';
import {
  type ApiClient,
  type ApiResponse,
  createOrganization,
  createUsers,
  problemOf,
} from '../../support/api-client.ts';
import { sendRaw } from '../../support/send-raw.ts';
import { useService } from '../../support/use-service.ts';

const CHALLENGE = 'Username realm="rollcall", ApiKey realm="rollcall"';

describe('authentication (AUTH=header)', () => {
  const service = useService();
  const { api } = service;

  before(async () => {
    await createOrganization(api, 'Olivia Org', { olivia: 'Owner', michael: 'Member' });
    await createUsers(api, 'stranger');
  });

  const michael = '/organizations/olivia-org/members/michael';
  const authenticated: Readonly<Record<string, (client: ApiClient) => Promise<ApiResponse>>> = {
    "read a user's organizations": (client) => client.get('/users/olivia/organizations'),
    'create an organization': (client) => client.post('/organizations', { organizationName: 'Mine' }),
    'read an organization': (client) => client.get('/organizations/olivia-org'),
    'read an organization that does not exist': (client) => client.get('/organizations/nowhere'),
    'list members': (client) => client.get('/organizations/olivia-org/members'),
    'add a member': (client) =>
      client.post('/organizations/olivia-org/members', { memberUsername: 'stranger', role: 'Owner' }),
    'read a membership': (client) => client.get(michael),
    'change a role': (client) => client.patch(michael, { role: 'Owner' }),
    'remove a member': (client) => client.delete(michael),
  };
  const anonymous: typeof authenticated = {
    'create a user': (client) => client.post('/users', { username: 'novel', firstName: 'N', lastName: 'L' }),
    'read a user': (client) => client.get('/users/olivia'),
    'read a user that does not exist': (client) => client.get('/users/nowhere'),
  };

  const expectUnauthenticated = (response: ApiResponse): void => {
    expect(problemOf(response)).to.equal('401 unauthenticated');
    expect(response.headers.get('WWW-Authenticate')).to.equal(CHALLENGE);
  };

  for (const [operation, send] of Object.entries(authenticated)) {
    it(`rejects an anonymous request to ${operation}`, async () => {
      expectUnauthenticated(await send(api));
    });
  }

  for (const [operation, send] of Object.entries({ ...authenticated, ...anonymous })) {
    it(`rejects an unknown user's request to ${operation}`, async () => {
      expectUnauthenticated(await send(api.as('unknown')));
    });

    it(`rejects malformed credentials in a request to ${operation}`, async () => {
      expectUnauthenticated(await send(api.as('Bearer abc.def.ghi')));
    });
  }

  const callers = {
    'no credentials': undefined,
    'an unknown user': 'unknown',
    'a malformed token': 'Bearer a.b.c',
  };
  /** Each with the callers that are allowed. */
  const writes: Readonly<Record<string, readonly string[]>> = {
    'POST /organizations': [],
    'POST /organizations/olivia-org/members': [],
    [`PATCH ${michael}`]: [],
    // Anonymous callers may create users.
    'POST /users': ['no credentials'],
  };
  const bodies: Readonly<Record<string, readonly [type: string, body: string]>> = {
    'another content type': ['text/plain', 'hello'],
    'invalid JSON': ['application/json', '{'],
    'unknown fields': ['application/json', '{"isAdmin":true}'],
    '70 kB': ['application/json', 'x'.repeat(70_000)],
  };
  for (const [caller, credentials] of Object.entries(callers)) {
    for (const [write, allowed] of Object.entries(writes)) {
      if (allowed.includes(caller)) continue;
      const [method = '', path = ''] = write.split(' ');

      for (const [what, [type, body]] of Object.entries(bodies)) {
        it(`answers 401 to ${write} with ${caller} and a body of ${what}`, async () => {
          const client = credentials === undefined ? api : api.as(credentials);
          expectUnauthenticated(await client.with({ 'Content-Type': type }).send(method, path, body));
        });
      }

      it(`answers 401 to ${write} with ${caller} before the body arrives`, async () => {
        const authorization = credentials === undefined ? '' : `Authorization: ${credentials}\r\n`;
        const [response] = await sendRaw(
          service.url,
          `${write} HTTP/1.1\r\nHost: x\r\n${authorization}Content-Length: 9\r\n\r\n`,
        );
        expect(response?.status).to.equal(401);
      });
    }
  }

  it('has changed nothing for any of these requests', async () => {
    const { body } = await api.as('olivia').get('/organizations/olivia-org/members');
    expect(body.members?.map((m) => `${m.memberUsername} ${m.role} ${m.version}`)).to.deep.equal([
      'michael Member 1',
      'olivia Owner 1',
    ]);
    expect(problemOf(await api.get('/users/novel'))).to.equal('404 user_not_found');
  });

  it('lets anonymous callers create and read users', async () => {
    expect((await api.post('/users', { username: 'fresh', firstName: 'F', lastName: 'R' })).status).to.equal(
      201,
    );
    expect((await api.get('/users/fresh')).status).to.equal(200);
    expect(problemOf(await api.get('/users/nowhere'))).to.equal('404 user_not_found');
  });

  it('lets a user create and read others', async () => {
    const olivia = api.as('olivia');
    expect(
      (await olivia.post('/users', { username: 'child', firstName: 'C', lastName: 'H' })).status,
    ).to.equal(201);
    expect((await olivia.get('/users/child')).status).to.equal(200);
  });

  for (const credentials of [
    '',
    'olivia michael',
    'olivia,michael',
    'Basic b2xpdmlhOg==',
    '__proto__',
    '"olivia"',
    '*',
  ]) {
    it(`rejects the credentials ${JSON.stringify(credentials)}`, async () => {
      expectUnauthenticated(await api.as(credentials).get('/users/olivia'));
    });
  }

  for (const bytes of ['\u00e9', '\u0080', 'olivia\u00ff']) {
    it(`rejects the credentials ${JSON.stringify(bytes)} in latin1`, async () => {
      const head = 'GET /users/olivia HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
      const [response] = await sendRaw(
        service.url,
        Buffer.from(`${head}Authorization: ${bytes}\r\n\r\n`, 'latin1'),
      );
      expect(response?.status).to.equal(401);
    });
  }

  it('answers health checks for any credentials', async () => {
    for (const client of [api, api.as('unknown'), api.as('Bearer x')]) {
      expect((await client.get('/health/live')).status).to.equal(200);
      expect((await client.get('/health/ready')).status).to.equal(200);
    }
  });
});
