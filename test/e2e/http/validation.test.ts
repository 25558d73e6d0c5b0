import { expect } from 'chai';
import { type ApiClient, createOrganization, invalidFields } from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

const MEMBERS = '/organizations/olivia-org/members';

describe('validation', () => {
  const service = useService();
  const { api } = service;
  const olivia = api.as('olivia');

  before(async () => {
    await createOrganization(api, 'Olivia Org', { olivia: 'Owner', michael: 'Member' });
  });

  const requests: Readonly<Record<string, (body: unknown) => ReturnType<ApiClient['get']>>> = {
    'POST /users': (body) => api.post('/users', body),
    'POST /organizations': (body) => olivia.post('/organizations', body),
    'POST …/members': (body) => olivia.post(MEMBERS, body),
    'PATCH …/members/{u}': (body) => olivia.patch(`${MEMBERS}/michael`, body),
  };
  const validBodies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'POST /users': { username: 'u', firstName: 'F', lastName: 'L', email: 'a@b.cd' },
    'POST /organizations': { organizationName: 'O' },
    'POST …/members': { memberUsername: 'michael', role: 'Member' },
    'PATCH …/members/{u}': { role: 'Member' },
  };
  const notText: readonly unknown[] = [
    null,
    5,
    0,
    true,
    [],
    ['a'],
    {},
    { a: { b: 'c' } },
    [[['Member']]],
    { toString: 'x' },
  ];

  for (const [route, send] of Object.entries(requests)) {
    const body = validBodies[route] ?? {};
    const fields = Object.keys(body);
    const required = fields.filter((field) => field !== 'email');

    it(`${route} names every missing field`, async () => {
      expect(invalidFields(await send({}))).to.deep.equal(required);
    });

    for (const value of notText) {
      it(`${route} names every field with the value ${JSON.stringify(value)}`, async () => {
        const response = await send(Object.fromEntries(fields.map((field) => [field, value])));
        expect(invalidFields(response)).to.deep.equal(fields);
      });
    }

    for (const field of fields) {
      it(`${route} names only ${field} if only it is invalid`, async () => {
        expect(invalidFields(await send({ ...body, [field]: 5 }))).to.deep.equal([field]);
      });
    }

    it(`${route} names unknown fields and the allowed ones`, async () => {
      const response = await send({ ...body, isAdmin: true, [fields[0]?.toUpperCase() ?? '']: 'x' });
      expect(invalidFields(response)).to.deep.equal(['isAdmin', fields[0]?.toUpperCase()]);
      for (const { message } of response.body.errors ?? []) expect(message).to.contain(fields.join(', '));
    });

    it(`${route} rejects an array`, async () => {
      expect(invalidFields(await send([body]))).to.deep.equal(['']);
    });

    it(`${route} rejects fields that the service sets`, async () => {
      const serverFields = {
        id: 'x',
        version: 7,
        status: 'suspended',
        createdAt: '2020-01-01T00:00:00.000Z',
      };
      expect(invalidFields(await send({ ...body, ...serverFields }))).to.deep.equal(
        Object.keys(serverFields),
      );
    });

    for (const key of ['__proto__', 'constructor', 'prototype', 'toString']) {
      it(`${route} rejects the field ${key}`, async () => {
        const text = JSON.stringify(body).replace('{', `{"${key}":{"role":"Owner","username":"x"},`);
        const client = olivia.with({ 'Content-Type': 'application/json' });
        const [method = '', path = ''] = route
          .replace('…/members', MEMBERS)
          .replace('{u}', 'michael')
          .split(' ');
        expect(invalidFields(await client.send(method, path, text))).to.deep.equal([key]);
        expect(Object.hasOwn(Object.prototype, 'role')).to.equal(false);
      });
    }
  }

  for (const role of ['owner', 'OWNER', 'Boss', '', ' Owner', 'Owner ', 'constructor', '__proto__']) {
    it(`rejects the role ${JSON.stringify(role)}`, async () => {
      expect(invalidFields(await olivia.patch(`${MEMBERS}/michael`, { role }))).to.deep.equal(['role']);
      expect(invalidFields(await olivia.post(MEMBERS, { memberUsername: 'x', role }))).to.deep.equal([
        'role',
      ]);
    });
  }

  it('names the allowed roles', async () => {
    const { body } = await olivia.patch(`${MEMBERS}/michael`, { role: 'Boss' });
    expect(body.detail).to.equal('role: must be one of Owner, Admin, Member (given: "Boss")');
  });

  it('returns all errors together: path, query, body, and unknown fields', async () => {
    const response = await olivia.post('/organizations/No%20Slug/members?page=2', {
      memberUsername: '!',
      role: 'Boss',
      note: 'hello',
    });
    expect(invalidFields(response)).to.deep.equal([
      'path.organization',
      'query.page',
      'memberUsername',
      'role',
      'note',
    ]);
    for (const field of invalidFields(response)) expect(response.body.detail).to.contain(field);
  });

  it('names a missing part in the errors and in the detail', async () => {
    const response = await olivia.get('/users');
    expect(response.body.errors).to.deep.equal([{ path: 'query.email', message: 'is missing' }]);
    expect(response.body.detail).to.equal('query.email is missing');
  });

  it('names both invalid names of a path', async () => {
    const response = await olivia.get('/organizations/No%20Slug/members/No%20Name');
    expect(invalidFields(response)).to.deep.equal(['path.organization', 'path.username']);
  });

  it('names unknown nested fields and the allowed ones', async () => {
    const check = { organization: 'olivia-org', username: 'olivia' };
    const response = await olivia.post('/checks', { checks: [check, { ...check, user: 'olivia' }] });
    expect(invalidFields(response)).to.deep.equal(['checks.1.user']);
    expect(response.body.errors?.[0]?.message).to.equal(
      'unknown field; allowed: organization, username, role, permission',
    );
  });

  it('repeats only the beginning of a long value', async () => {
    const { text } = await api.post('/users', {
      username: 'x'.repeat(60_000),
      firstName: 'F',
      lastName: 'L',
    });
    expect(text.length).to.be.lessThan(1000);
  });

  for (const [count, named, more] of [
    [20, 20, 0],
    [21, 20, 1],
    [7000, 20, 6980],
  ] as const) {
    it(`names ${named} of ${count} unknown fields and counts the other ${more}`, async () => {
      const unknown = Array.from({ length: count }, (_, i) => [`f${i.toString(36)}`, 1] as const);
      const response = await olivia.patch(`${MEMBERS}/michael`, {
        role: 'Member',
        ...Object.fromEntries(unknown),
      });
      const fields = unknown.slice(0, named).map(([field]) => field);
      expect(invalidFields(response)).to.deep.equal(more === 0 ? fields : [...fields, '']);
      if (more > 0) expect(response.body.errors?.at(-1)?.message).to.equal(`and ${more} more`);
      expect(response.text.length).to.be.lessThan(5000);
    });
  }

  const paths = [
    '/users/olivia',
    '/users/olivia/organizations',
    '/organizations/olivia-org',
    MEMBERS,
    `${MEMBERS}/michael`,
  ];
  for (const path of paths) {
    it(`GET ${path} names unknown query parameters`, async () => {
      const response = await olivia.get(`${path}?verbose=1&__proto__=2&Limit=3`);
      expect(invalidFields(response)).to.have.members(['query.verbose', 'query.__proto__', 'query.Limit']);
    });
  }

  it('prevents a change with an unknown query parameter', async () => {
    const response = await olivia.delete(`${MEMBERS}/michael?force=true`);
    expect(invalidFields(response)).to.deep.equal(['query.force']);
    expect((await olivia.get(`${MEMBERS}/michael`)).status).to.equal(200);
  });

  it('finds an unknown query parameter after thousands of empty ones', async () => {
    const response = await olivia.get(`/users/olivia?${'&'.repeat(2000)}verbose=1`);
    expect(invalidFields(response)).to.deep.equal(['query.verbose']);
  });

  it('accepts an empty query', async () => {
    expect((await olivia.get('/users/olivia?')).status).to.equal(200);
  });
});
