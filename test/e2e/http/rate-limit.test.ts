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

  /** Sends requests one after the other. */
  const statuses = async (
    count: number,
    send: (i: number) => Promise<ApiResponse>,
  ): Promise<readonly number[]> => {
    const all: number[] = [];
    for (let i = 0; i < count; i++) all.push((await send(i)).status);
    return all;
  };

  const readSelf = (client: ApiClient, username: string) => () =>
    client.as(username).get(`/users/${username}`);

  it('rejects the fourth request of a caller with a Retry-After', async () => {
    const api = await start();
    await createUsers(api, 'olivia');
    expect(await statuses(3, readSelf(api, 'olivia'))).to.deep.equal([200, 200, 200]);
    const fourth = await readSelf(api, 'olivia')();
    expect(problemOf(fourth)).to.equal('429 rate_limited');
    expect(fourth.headers.get('Retry-After')).to.match(/^\d+$/);
    expect(Number(fourth.headers.get('Retry-After'))).to.be.within(1, 60);
    expect(fourth.headers.get('Cache-Control')).to.equal('private, no-cache');
  });

  it('counts each caller separately', async () => {
    const api = await start();
    await createUsers(api, 'olivia', 'michael');
    expect(await statuses(5, readSelf(api, 'olivia'))).to.deep.equal([200, 200, 200, 429, 429]);
    expect(await statuses(4, readSelf(api, 'michael'))).to.deep.equal([200, 200, 200, 429]);
  });

  it('ignores the case of the username', async () => {
    const api = await start();
    await createUsers(api, 'olivia');
    expect(await statuses(3, readSelf(api, 'olivia'))).to.deep.equal([200, 200, 200]);
    expect(await statuses(1, () => api.as('OLIVIA').get('/users/olivia'))).to.deep.equal([429]);
  });

  it('counts failed requests of every route and method', async () => {
    const api = await start();
    await createUsers(api, 'olivia');
    const olivia = api.as('olivia');
    await olivia.get('/organizations/nowhere');
    await olivia.post('/organizations', {});
    await olivia.head('/users/nobody');
    expect(problemOf(await olivia.get('/users/olivia'))).to.equal('429 rate_limited');
  });

  it('does not execute a rejected request', async () => {
    const api = await start();
    await createUsers(api, 'a', 'b', 'c');
    const refused = await api.post('/users', { username: 'd', firstName: 'D', lastName: 'D' });
    expect(problemOf(refused)).to.equal('429 rate_limited');
    expect(problemOf(await api.as('a').get('/users/d'))).to.equal('404 user_not_found');
  });

  it('does not limit health checks', async () => {
    const api = await start();
    for (const path of ['/health/live', '/health/ready']) {
      expect(await statuses(6, () => api.get(path))).to.deep.equal([200, 200, 200, 200, 200, 200]);
    }
  });

  it('limits concurrent requests like sequential ones', async () => {
    const api = await start();
    await createUsers(api, 'olivia');
    const responses = await Promise.all(Array.from({ length: 20 }, readSelf(api, 'olivia')));
    expect(responses.filter(({ status }) => status === 200)).to.have.length(3);
    expect(responses.filter(({ status }) => status === 429)).to.have.length(17);
  });

  const from = (api: ApiClient, addresses: string) => () =>
    api.with({ 'X-Forwarded-For': addresses }).get('/users/nobody');

  it('counts anonymous requests by address', async () => {
    const api = await start();
    expect(await statuses(4, () => api.get('/users/nobody'))).to.deep.equal([404, 404, 404, 429]);
  });

  it('ignores X-Forwarded-For without TRUST_PROXY', async () => {
    const api = await start();
    expect(await statuses(3, from(api, '192.0.2.1'))).to.deep.equal([404, 404, 404]);
    expect(await statuses(1, from(api, '192.0.2.2'))).to.deep.equal([429]);
  });

  it('counts each forwarded address separately with TRUST_PROXY=1', async () => {
    const api = await start({ TRUST_PROXY: '1' });
    expect(await statuses(4, from(api, '192.0.2.1'))).to.deep.equal([404, 404, 404, 429]);
    expect(await statuses(4, from(api, '192.0.2.2'))).to.deep.equal([404, 404, 404, 429]);
  });

  it('uses the last forwarded address with TRUST_PROXY=1', async () => {
    const api = await start({ TRUST_PROXY: '1' });
    expect(await statuses(3, from(api, '192.0.2.1'))).to.deep.equal([404, 404, 404]);
    expect(await statuses(1, from(api, '203.0.113.9, 192.0.2.1'))).to.deep.equal([429]);
  });

  it('uses the address before the last one with TRUST_PROXY=2', async () => {
    const api = await start({ TRUST_PROXY: '2' });
    expect(await statuses(4, from(api, '203.0.113.9, 192.0.2.1'))).to.deep.equal([404, 404, 404, 429]);
    expect(await statuses(1, from(api, '203.0.113.8, 192.0.2.1'))).to.deep.equal([404]);
    expect(await statuses(1, from(api, '198.51.100.1, 203.0.113.9, 192.0.2.1'))).to.deep.equal([429]);
  });

  it('counts malformed credentials by address', async () => {
    const api = await start();
    const malformed = ['Bearer a.b.c', 'not a name', '*', 'Basic eA=='];
    const send = (i: number) => api.as(malformed[i] ?? '').get('/users/nobody');
    expect(await statuses(malformed.length, send)).to.deep.equal([401, 401, 401, 429]);
  });

  const requests: Readonly<Record<string, (client: ApiClient) => Promise<ApiResponse>>> = {
    'GET /users/nobody': (client) => client.get('/users/nobody'),
    'POST /organizations': (client) => client.post('/organizations', { organizationName: 'Mine' }),
    'DELETE …/members/nobody': (client) => client.delete('/organizations/nowhere/members/nobody'),
  };
  for (const [request, send] of Object.entries(requests)) {
    it(`counts unknown usernames by address: ${request}`, async () => {
      const api = await start();
      expect(await statuses(5, (i) => send(api.as(`made-up-${i}`)))).to.deep.equal([401, 401, 401, 429, 429]);
      expect(problemOf(await api.get('/users/nobody'))).to.equal('429 rate_limited');
    });
  }

  it('counts missing credentials by address where they are required', async () => {
    const api = await start();
    const anonymous = () => api.get('/organizations/nowhere');
    expect(await statuses(4, anonymous)).to.deep.equal([401, 401, 401, 429]);
  });

  const unauthenticated: Readonly<
    Record<string, readonly [number, (client: ApiClient) => Promise<ApiResponse>]>
  > = {
    'an unknown route': [404, (client) => client.get('/nowhere')],
    'a method that is not allowed': [405, (client) => client.send('PUT', '/users')],
    OPTIONS: [204, (client) => client.send('OPTIONS', '/users')],
    'OPTIONS of an unknown route': [404, (client) => client.send('OPTIONS', '/nowhere')],
    'a malformed path': [400, (client) => client.get('/users/%')],
  };
  for (const [what, [status, send]] of Object.entries(unauthenticated)) {
    it(`counts a request for ${what} by address, whatever its credentials`, async () => {
      const api = await start();
      await createUsers(api, 'olivia');
      expect(await statuses(3, () => send(api.as('olivia')))).to.deep.equal([status, status, 429]);
      expect(await statuses(3, readSelf(api, 'olivia'))).to.deep.equal([200, 200, 200]);
    });
  }

  it('accepts an authenticated caller from an address that is over the limit', async () => {
    const api = await start();
    await createUsers(api, 'olivia');
    expect(await statuses(4, () => api.as('made-up').get('/users/olivia'))).to.deep.equal([
      401, 401, 429, 429,
    ]);
    expect(await statuses(4, readSelf(api, 'olivia'))).to.deep.equal([200, 200, 200, 429]);
  });

  it('does not limit CORS preflights, which have no credentials', async () => {
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

  it('counts an IPv6 /64 network as one address', async () => {
    const api = await start({ TRUST_PROXY: '1' });
    const network = [
      '2001:db8:0:2::1',
      '2001:db8::2:ffff:0:0:1',
      '2001:DB8:0000:2:a:b:c:d',
      '2001:db8:0:2::',
    ];
    const send = (i: number) => from(api, network[i] ?? '')();
    expect(await statuses(network.length, send)).to.deep.equal([404, 404, 404, 429]);
    for (const other of ['2001:db8:0:3::1', '2001:db8::', '::1', 'fe80::1%eth0', 'unknown']) {
      expect(await statuses(1, from(api, other)), other).to.deep.equal([404]);
    }
  });

  it('recognizes an IPv4 address in every notation', async () => {
    const api = await start({ TRUST_PROXY: '1' });
    const spellings = ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:FFFF:192.0.2.1'];
    const send = (i: number) => from(api, spellings[i] ?? '')();
    expect(await statuses(spellings.length, send)).to.deep.equal([404, 404, 404, 429]);
    expect(await statuses(1, from(api, '::ffff:192.0.2.2'))).to.deep.equal([404]);
  });

  it('sets no limit with 0', async () => {
    const api = await start({ RATE_LIMIT_PER_MINUTE: '0' });
    expect(new Set(await statuses(20, () => api.get('/users/nobody')))).to.deep.equal(new Set([404]));
  });
});
