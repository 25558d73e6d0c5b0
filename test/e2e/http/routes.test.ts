import { expect } from 'chai';
import { ApiClient, createOrganization, invalidFields, problemOf } from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

/** Every route that is there, and what it takes. */
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
      it(`${method} ${path} is not allowed, and what is allowed is said`, async () => {
        const response = await olivia.send(method, path);
        expect(problemOf(response)).to.equal('405 method_not_allowed');
        expect(allowOf(response.headers)).to.include.members(methods).and.not.include(method);
        expect(response.body.detail).to.contain(method);
      });
    }

    it(`OPTIONS ${path} says what is allowed`, async () => {
      const response = await olivia.send('OPTIONS', path);
      expect(response).to.include({ status: 204, text: '' });
      expect(allowOf(response.headers)).to.include.members(methods);
    });

    if (methods.includes('HEAD')) {
      it(`HEAD ${path} is GET without the body`, async () => {
        const [got, head] = await Promise.all([olivia.get(path), olivia.head(path)]);
        expect(got.status).to.equal(200);
        expect(head).to.include({ status: 200, text: '' });
        for (const name of ['Content-Type', 'Content-Length', 'ETag', 'Cache-Control', 'Vary']) {
          expect(head.headers.get(name), name).to.equal(got.headers.get(name));
        }
      });
    }
  }

  it('HEAD of what is not there is 404 without a body', async () => {
    const response = await olivia.head('/users/nobody');
    expect(response).to.include({ status: 404, text: '' });
    expect(response.headers.get('Content-Type')).to.equal('application/problem+json');
  });

  it('a method needs no credentials to be refused', async () => {
    const response = await new ApiClient(service.url).send('PUT', '/organizations/olivia-org');
    expect(problemOf(response)).to.equal('405 method_not_allowed');
  });

  const nowhere = [
    '/',
    '/nope',
    '/Users/olivia',
    '/users/a/b',
    '/users/olivia/organizations/x',
    '//users/olivia',
  ];
  for (const path of [
    ...nowhere,
    '/users//organizations',
    '/%75sers/olivia',
    '/health',
    '/favicon.ico',
    '/.env',
  ]) {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      it(`there is no ${method} ${path}`, async () => {
        expect(problemOf(await olivia.send(method, path))).to.equal('404 not_found');
      });
    }
  }

  it('says which route there is not', async () => {
    expect((await olivia.get('/nope?secret=1')).body.detail)
      .to.contain('GET /nope')
      .and.not.contain('secret');
  });

  for (const broken of [
    '/users/%',
    '/users/%zz',
    '/users/%ff',
    '/users/%E0%A4%A',
    '/organizations/%c0%af/members',
  ]) {
    it(`the percent-encoding of ${broken} is broken`, async () => {
      expect(invalidFields(await olivia.get(broken))).to.deep.equal(['path']);
    });
  }

  for (const trick of [
    '..%2f',
    '..%2Fhealth%2Flive',
    '%00',
    'olivia%00',
    'olivia%2forganizations',
    'olivia;x=1',
    '%252e',
  ]) {
    it(`/users/${trick} is a user that cannot be`, async () => {
      expect(invalidFields(await olivia.get(`/users/${trick}`))).to.deep.equal(['path.username']);
    });
  }

  it('a path may be percent-encoded', async () => {
    expect((await olivia.get('/users/%6Flivia')).body.user?.username).to.equal('olivia');
  });

  it('a very long path is refused briefly', async () => {
    const response = await olivia.get(`/users/${'a'.repeat(10_000)}`);
    expect(invalidFields(response)).to.deep.equal(['path.username']);
    expect(response.text.length).to.be.lessThan(1000);
  });
});
