import { expect } from 'chai';
import {
  type Answer,
  ApiClient,
  createOrganization,
  createUsers,
  exchange,
  refusalOf,
} from '../../support/api-client.ts';
import { type ComposedService, startComposedService } from '../../support/composed-service.ts';

const CHALLENGE = 'Username realm="rollcall", ApiKey realm="rollcall"';

describe('who is asking (AUTH=header)', () => {
  let service: ComposedService;
  let api: ApiClient;

  before(async () => {
    service = await startComposedService();
    api = new ApiClient(service.url);
    await createOrganization(api, 'Olivia Org', { olivia: 'Owner', michael: 'Member' });
    await createUsers(api, 'stranger');
  });

  after(() => service.close());

  const michael = '/organizations/olivia-org/members/michael';
  const closed: Readonly<Record<string, (client: ApiClient) => Promise<Answer>>> = {
    "a user's organizations": (client) => client.get('/users/olivia/organizations'),
    'a new organization': (client) => client.post('/organizations', { organizationName: 'Mine' }),
    'an organization': (client) => client.get('/organizations/olivia-org'),
    'a missing organization': (client) => client.get('/organizations/nowhere'),
    'the members': (client) => client.get('/organizations/olivia-org/members'),
    'a new member': (client) =>
      client.post('/organizations/olivia-org/members', { memberUsername: 'stranger', role: 'Owner' }),
    'a membership': (client) => client.get(michael),
    'another role': (client) => client.patch(michael, { role: 'Owner' }),
    'a removal': (client) => client.delete(michael),
  };
  const open: typeof closed = {
    'a new user': (client) => client.post('/users', { username: 'novel', firstName: 'N', lastName: 'L' }),
    'a user': (client) => client.get('/users/olivia'),
    'a missing user': (client) => client.get('/users/nowhere'),
  };

  const expectUnauthenticated = (answer: Answer): void => {
    expect(refusalOf(answer)).to.equal('401 unauthenticated');
    expect(answer.headers.get('WWW-Authenticate')).to.equal(CHALLENGE);
  };

  for (const [what, ask] of Object.entries(closed)) {
    it(`${what} is not for nobody`, async () => {
      expectUnauthenticated(await ask(api));
    });
  }

  for (const [what, ask] of Object.entries({ ...closed, ...open })) {
    it(`${what} is not for a user whom nobody knows`, async () => {
      expectUnauthenticated(await ask(api.as('unknown')));
    });

    it(`${what} is not for somebody with malformed credentials`, async () => {
      expectUnauthenticated(await ask(api.as('Bearer abc.def.ghi')));
    });
  }

  const nobodies = { nobody: undefined, 'a user whom nobody knows': 'unknown', nonsense: 'Bearer a.b.c' };
  const writes: Readonly<Record<string, readonly string[]>> = {
    'POST /organizations': [],
    'POST /organizations/olivia-org/members': [],
    [`PATCH ${michael}`]: [],
    // Who brings no credentials may create a user.
    'POST /users': ['nobody'],
  };
  const bodies: Readonly<Record<string, readonly [type: string, body: string]>> = {
    'of another type': ['text/plain', 'hello'],
    'that is not JSON': ['application/json', '{'],
    'with unknown fields': ['application/json', '{"isAdmin":true}'],
    'of 70 kB': ['application/json', 'x'.repeat(70_000)],
  };
  for (const [who, credentials] of Object.entries(nobodies)) {
    for (const [write, open] of Object.entries(writes)) {
      if (open.includes(who)) continue;
      const [method = '', path = ''] = write.split(' ');

      for (const [what, [type, body]] of Object.entries(bodies)) {
        it(`${write} by ${who}: of a body ${what} nothing is said`, async () => {
          const client = credentials === undefined ? api : api.as(credentials);
          expectUnauthenticated(await client.with({ 'Content-Type': type }).send(method, path, body));
        });
      }

      it(`${write} by ${who}: the body is not waited for`, async () => {
        const authorization = credentials === undefined ? '' : `Authorization: ${credentials}\r\n`;
        const [answer] = await exchange(
          service.url,
          `${write} HTTP/1.1\r\nHost: x\r\n${authorization}Content-Length: 9\r\n\r\n`,
        );
        expect(answer?.status).to.equal(401);
      });
    }
  }

  it('nothing was changed by any of them', async () => {
    const { body } = await api.as('olivia').get('/organizations/olivia-org/members');
    expect(body.members?.map((m) => `${m.memberUsername} ${m.role} ${m.version}`)).to.deep.equal([
      'michael Member 1',
      'olivia Owner 1',
    ]);
    expect(refusalOf(await api.get('/users/novel'))).to.equal('404 user_not_found');
  });

  it('users can be created and read by nobody in particular', async () => {
    expect((await api.post('/users', { username: 'fresh', firstName: 'F', lastName: 'R' })).status).to.equal(
      201,
    );
    expect((await api.get('/users/fresh')).status).to.equal(200);
    expect(refusalOf(await api.get('/users/nowhere'))).to.equal('404 user_not_found');
  });

  it('a user can create and read others', async () => {
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
    it(`${JSON.stringify(credentials)} is nobody`, async () => {
      expectUnauthenticated(await api.as(credentials).get('/users/olivia'));
    });
  }

  for (const bytes of ['\u00e9', '\u0080', 'olivia\u00ff']) {
    it(`${JSON.stringify(bytes)} in latin1 is nobody`, async () => {
      const head = 'GET /users/olivia HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
      const [answer] = await exchange(
        service.url,
        Buffer.from(`${head}Authorization: ${bytes}\r\n\r\n`, 'latin1'),
      );
      expect(answer?.status).to.equal(401);
    });
  }

  it('health is for everybody, whatever they send', async () => {
    for (const client of [api, api.as('unknown'), api.as('Bearer x')]) {
      expect((await client.get('/health/live')).status).to.equal(200);
      expect((await client.get('/health/ready')).status).to.equal(200);
    }
  });
});
