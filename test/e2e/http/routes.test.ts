import { expect } from 'chai';
import { ApiClient, createOrganization, invalidFields, problemOf } from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

/** Every route, with its methods. */
const ROUTES: Readonly<Record<string, readonly string[]>> = {
  '/users': ['POST'],
  '/users/olivia': ['GET', 'HEAD', 'PATCH', 'DELETE'],
  '/users/olivia/suspend': ['POST'],
  '/users/olivia/resume': ['POST'],
  '/users/olivia/organizations': ['GET', 'HEAD'],
  '/users/olivia/events': ['GET', 'HEAD'],
  '/organizations': ['POST'],
  '/organizations/olivia-org': ['GET', 'HEAD', 'PATCH', 'DELETE'],
  '/organizations/olivia-org/suspend': ['POST'],
  '/organizations/olivia-org/resume': ['POST'],
  '/organizations/olivia-org/ownership-transfers': ['POST'],
  '/organizations/olivia-org/events': ['GET', 'HEAD'],
  '/organizations/olivia-org/members': ['POST', 'GET', 'HEAD'],
  '/organizations/olivia-org/members/olivia': ['GET', 'HEAD', 'PATCH', 'DELETE'],
  '/checks': ['POST'],
  '/health/live': ['GET', 'HEAD'],
  '/health/ready': ['GET', 'HEAD'],
};

describe('routes', () => {
  const service = useService();
  const { api } = service;
  const olivia = api.as('olivia');

  before(async () => {
    await createOrganization(api, 'Olivia Org', { olivia: 'Owner' });
  });

  const allowOf = (headers: Headers): readonly string[] => (headers.get('Allow') ?? '').split(', ');

  for (const [path, methods] of Object.entries(ROUTES)) {
    for (const method of [
      'PUT',
      'PURGE',
      ...(path.startsWith('/health') ? ['POST', 'PATCH', 'DELETE'] : []),
    ]) {
      it(`${method} ${path} returns 405 with the allowed methods`, async () => {
        const response = await olivia.send(method, path);
        expect(problemOf(response)).to.equal('405 method_not_allowed');
        expect(allowOf(response.headers)).to.include.members(methods).and.not.include(method);
        expect(response.body.detail).to.contain(method);
      });
    }

    it(`OPTIONS ${path} returns the allowed methods`, async () => {
      const response = await olivia.send('OPTIONS', path);
      expect(response).to.include({ status: 204, text: '' });
      expect(allowOf(response.headers)).to.include.members(methods);
    });

    if (methods.includes('HEAD')) {
      it(`HEAD ${path} returns the headers of GET without the body`, async () => {
        const [got, head] = await Promise.all([olivia.get(path), olivia.head(path)]);
        expect(got.status).to.equal(200);
        expect(head).to.include({ status: 200, text: '' });
        for (const name of ['Content-Type', 'Content-Length', 'ETag', 'Cache-Control', 'Vary']) {
          expect(head.headers.get(name), name).to.equal(got.headers.get(name));
        }
      });
    }
  }

  it('HEAD returns 404 without a body for a missing resource', async () => {
    const response = await olivia.head('/users/nobody');
    expect(response).to.include({ status: 404, text: '' });
    expect(response.headers.get('Content-Type')).to.equal('application/problem+json');
  });

  it('return 405 without credentials', async () => {
    const response = await new ApiClient(service.url).send('PUT', '/organizations/olivia-org');
    expect(problemOf(response)).to.equal('405 method_not_allowed');
  });

  const unknown = [
    '/',
    '/nope',
    '/Users/olivia',
    '/users/a/b',
    '/users/olivia/organizations/x',
    '//users/olivia',
  ];
  for (const path of [
    ...unknown,
    '/users//organizations',
    '/%75sers/olivia',
    '/health',
    '/favicon.ico',
    '/.env',
  ]) {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      it(`${method} ${path} returns 404`, async () => {
        expect(problemOf(await olivia.send(method, path))).to.equal('404 not_found');
      });
    }
  }

  it('name the unknown route in the error', async () => {
    expect((await olivia.get('/nope?secret=1')).body.detail)
      .to.contain('GET /nope')
      .and.not.contain('secret');
  });

  for (const malformed of [
    '/users/%',
    '/users/%zz',
    '/users/%ff',
    '/users/%E0%A4%A',
    '/organizations/%c0%af/members',
  ]) {
    it(`reject the malformed percent-encoding of ${malformed}`, async () => {
      expect(invalidFields(await olivia.get(malformed))).to.deep.equal(['path']);
    });
  }

  for (const invalid of [
    '..%2f',
    '..%2Fhealth%2Flive',
    '%00',
    'olivia%00',
    'olivia%2forganizations',
    'olivia;x=1',
    '%252e',
  ]) {
    it(`reject the username in /users/${invalid}`, async () => {
      expect(invalidFields(await olivia.get(`/users/${invalid}`))).to.deep.equal(['path.username']);
    });
  }

  it('accept percent-encoded paths', async () => {
    expect((await olivia.get('/users/%6Flivia')).body.user?.username).to.equal('olivia');
  });

  it('reject a very long path with a short error', async () => {
    const response = await olivia.get(`/users/${'a'.repeat(10_000)}`);
    expect(invalidFields(response)).to.deep.equal(['path.username']);
    expect(response.text.length).to.be.lessThan(1000);
  });
});
