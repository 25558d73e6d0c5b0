import { expect } from 'chai';
import { ApiClient, type ApiResponse, createUsers, problemOf } from '../../support/api-client.ts';
import { type ComposedService, startComposedService } from '../../support/composed-service.ts';

const LIMIT = { RATE_LIMIT_PER_MINUTE: '3' };

describe('RATE_LIMIT_PER_MINUTE=3', () => {
  let service: ComposedService | undefined;

  afterEach(() => service?.close());

  const start = async (environment = {}): Promise<ApiClient> => {
    service = await startComposedService({ ...LIMIT, ...environment });
    return new ApiClient(service.url);
  };

  /** Sends one after the other. */
  const statuses = async (count: number, ask: () => Promise<ApiResponse>): Promise<readonly number[]> => {
    const all: number[] = [];
    for (let i = 0; i < count; i++) all.push((await ask()).status);
    return all;
  };

  const own = (client: ApiClient, username: string) => () => client.as(username).get(`/users/${username}`);

  it('refuses the fourth request of a caller and says when to come again', async () => {
    const api = await start();
    await createUsers(api, 'olivia');
    expect(await statuses(3, own(api, 'olivia'))).to.deep.equal([200, 200, 200]);
    const fourth = await own(api, 'olivia')();
    expect(problemOf(fourth)).to.equal('429 rate_limited');
    expect(fourth.headers.get('Retry-After')).to.match(/^\d+$/);
    expect(Number(fourth.headers.get('Retry-After'))).to.be.within(1, 60);
    expect(fourth.headers.get('Cache-Control')).to.equal('private, no-cache');
  });

  it('counts each caller alone', async () => {
    const api = await start();
    await createUsers(api, 'olivia', 'michael');
    expect(await statuses(5, own(api, 'olivia'))).to.deep.equal([200, 200, 200, 429, 429]);
    expect(await statuses(4, own(api, 'michael'))).to.deep.equal([200, 200, 200, 429]);
  });

  it('counts a caller as one, however the name is written', async () => {
    const api = await start();
    await createUsers(api, 'olivia');
    expect(await statuses(3, own(api, 'olivia'))).to.deep.equal([200, 200, 200]);
    expect(await statuses(1, () => api.as('OLIVIA').get('/users/olivia'))).to.deep.equal([429]);
  });

  it('counts requests that fail, of every route and method', async () => {
    const api = await start();
    await createUsers(api, 'olivia');
    const olivia = api.as('olivia');
    await olivia.get('/organizations/nowhere');
    await olivia.post('/organizations', {});
    await olivia.head('/users/nobody');
    expect(problemOf(await olivia.get('/users/olivia'))).to.equal('429 rate_limited');
  });

  it('does nothing that it refuses', async () => {
    const api = await start();
    await createUsers(api, 'a', 'b', 'c');
    const refused = await api.post('/users', { username: 'd', firstName: 'D', lastName: 'D' });
    expect(problemOf(refused)).to.equal('429 rate_limited');
    expect(problemOf(await api.as('a').get('/users/d'))).to.equal('404 user_not_found');
  });

  it('does not limit health', async () => {
    const api = await start();
    for (const path of ['/health/live', '/health/ready']) {
      expect(await statuses(6, () => api.get(path))).to.deep.equal([200, 200, 200, 200, 200, 200]);
    }
  });

  it('lets as many through at once as one after the other', async () => {
    const api = await start();
    await createUsers(api, 'olivia');
    const responses = await Promise.all(Array.from({ length: 20 }, own(api, 'olivia')));
    expect(responses.filter(({ status }) => status === 200)).to.have.length(3);
    expect(responses.filter(({ status }) => status === 429)).to.have.length(17);
  });

  const from = (api: ApiClient, addresses: string) => () =>
    api.with({ 'X-Forwarded-For': addresses }).get('/users/nobody');

  it('counts who says nothing about themselves by address', async () => {
    const api = await start();
    expect(await statuses(4, () => api.get('/users/nobody'))).to.deep.equal([404, 404, 404, 429]);
  });

  it('does not believe X-Forwarded-For without TRUST_PROXY', async () => {
    const api = await start();
    expect(await statuses(3, from(api, '192.0.2.1'))).to.deep.equal([404, 404, 404]);
    expect(await statuses(1, from(api, '192.0.2.2'))).to.deep.equal([429]);
  });

  it('counts each address behind TRUST_PROXY=1 alone', async () => {
    const api = await start({ TRUST_PROXY: '1' });
    expect(await statuses(4, from(api, '192.0.2.1'))).to.deep.equal([404, 404, 404, 429]);
    expect(await statuses(4, from(api, '192.0.2.2'))).to.deep.equal([404, 404, 404, 429]);
  });

  it('with TRUST_PROXY=1 believes only the address that the proxy added', async () => {
    const api = await start({ TRUST_PROXY: '1' });
    expect(await statuses(3, from(api, '192.0.2.1'))).to.deep.equal([404, 404, 404]);
    expect(await statuses(1, from(api, '203.0.113.9, 192.0.2.1'))).to.deep.equal([429]);
  });

  it('with TRUST_PROXY=2 believes the one before', async () => {
    const api = await start({ TRUST_PROXY: '2' });
    expect(await statuses(4, from(api, '203.0.113.9, 192.0.2.1'))).to.deep.equal([404, 404, 404, 429]);
    expect(await statuses(1, from(api, '203.0.113.8, 192.0.2.1'))).to.deep.equal([404]);
    expect(await statuses(1, from(api, '198.51.100.1, 203.0.113.9, 192.0.2.1'))).to.deep.equal([429]);
  });

  it('counts bad credentials by address, whatever they are', async () => {
    const api = await start();
    const badly = ['Bearer a.b.c', 'not a name', '*', 'Basic eA=='].map((bad) => api.as(bad));
    const all: number[] = [];
    for (const client of badly) all.push((await client.get('/users/nobody')).status);
    expect(all).to.deep.equal([401, 401, 401, 429]);
  });

  const madeUp: Readonly<Record<string, (client: ApiClient) => Promise<ApiResponse>>> = {
    'GET /users/nobody': (client) => client.get('/users/nobody'),
    'POST /organizations': (client) => client.post('/organizations', { organizationName: 'Mine' }),
    'DELETE …/members/nobody': (client) => client.delete('/organizations/nowhere/members/nobody'),
  };
  for (const [what, ask] of Object.entries(madeUp)) {
    it(`counts made-up usernames by address: ${what}`, async () => {
      const api = await start();
      let made = 0;
      const unheardOf = () => ask(api.as(`made-up-${++made}`));
      expect(await statuses(5, unheardOf)).to.deep.equal([401, 401, 401, 429, 429]);
      expect(problemOf(await api.get('/users/nobody'))).to.equal('429 rate_limited');
    });
  }

  it('counts by address who says nothing where credentials are needed', async () => {
    const api = await start();
    const nobody = () => api.get('/organizations/nowhere');
    expect(await statuses(4, nobody)).to.deep.equal([401, 401, 401, 429]);
  });

  const elsewhere: Readonly<Record<string, readonly [number, (client: ApiClient) => Promise<ApiResponse>]>> =
    {
      'a route that there is not': [404, (client) => client.get('/nowhere')],
      'a method that there is not': [405, (client) => client.send('PUT', '/users')],
      'what is allowed': [204, (client) => client.send('OPTIONS', '/users')],
      'what is allowed nowhere': [404, (client) => client.send('OPTIONS', '/nowhere')],
      'a broken path': [400, (client) => client.get('/users/%')],
    };
  for (const [what, [status, ask]] of Object.entries(elsewhere)) {
    it(`counts by address who asks for ${what}, whoever they say they are`, async () => {
      const api = await start();
      await createUsers(api, 'olivia');
      expect(await statuses(3, () => ask(api.as('olivia')))).to.deep.equal([status, status, 429]);
      expect(await statuses(3, own(api, 'olivia'))).to.deep.equal([200, 200, 200]);
    });
  }

  it('lets a caller in whose address was used up by others', async () => {
    const api = await start();
    await createUsers(api, 'olivia');
    expect(await statuses(4, () => api.as('made-up').get('/users/olivia'))).to.deep.equal([
      401, 401, 429, 429,
    ]);
    expect(await statuses(4, own(api, 'olivia'))).to.deep.equal([200, 200, 200, 429]);
  });

  it('does not limit what browsers ask first, as that says nothing of who is asking', async () => {
    const api = await start({ CORS_ORIGINS: 'https://app.example.com' });
    const preflight = api.with({
      Origin: 'https://app.example.com',
      'Access-Control-Request-Method': 'PATCH',
    });
    expect(await statuses(5, () => preflight.send('OPTIONS', '/users'))).to.deep.equal([
      204, 204, 204, 204, 204,
    ]);
    expect(await statuses(3, () => api.get('/users/nobody'))).to.deep.equal([404, 404, 404]);
  });

  it('counts a /64 network of IPv6 as one', async () => {
    const api = await start({ TRUST_PROXY: '1' });
    const network = [
      '2001:db8:0:2::1',
      '2001:db8::2:ffff:0:0:1',
      '2001:DB8:0000:2:a:b:c:d',
      '2001:db8:0:2::',
    ];
    const all: number[] = [];
    for (const address of network) all.push((await from(api, address)()).status);
    expect(all).to.deep.equal([404, 404, 404, 429]);
    for (const other of ['2001:db8:0:3::1', '2001:db8::', '::1', 'fe80::1%eth0', 'unknown']) {
      expect(await statuses(1, from(api, other)), other).to.deep.equal([404]);
    }
  });

  it('counts an IPv4 address as one, however it is written', async () => {
    const api = await start({ TRUST_PROXY: '1' });
    const written = ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:FFFF:192.0.2.1'];
    const all: number[] = [];
    for (const address of written) all.push((await from(api, address)()).status);
    expect(all).to.deep.equal([404, 404, 404, 429]);
    expect(await statuses(1, from(api, '::ffff:192.0.2.2'))).to.deep.equal([404]);
  });

  it('limits nobody where it is 0', async () => {
    const api = await start({ RATE_LIMIT_PER_MINUTE: '0' });
    expect(new Set(await statuses(20, () => api.get('/users/nobody')))).to.deep.equal(new Set([404]));
  });
});
