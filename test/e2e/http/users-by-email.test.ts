import { expect } from 'chai';
import { type ApiResponse, createUsers, invalidFields, problemOf } from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('GET /users?email=', () => {
  const service = useEmbeddedService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'mailless');
    await newUser('ann', 'Ann@Example.com');
  });

  const newUser = async (username: string, email: string): Promise<void> => {
    const response = await api.post('/users', { username, firstName: 'A', lastName: 'B', email });
    expect(response.status, response.text).to.equal(201);
  };
  const find = (email: string, by = service.reader): Promise<ApiResponse> =>
    by.get(`/users?email=${encodeURIComponent(email)}`);
  const found = async (email: string): Promise<string | undefined> => {
    const response = await find(email);
    return response.status === 200 ? response.body.user?.username : problemOf(response);
  };

  it('answers a service with the user, whatever case it asks in', async () => {
    const { body } = await api.get('/users/ann');
    for (const email of ['Ann@Example.com', 'ann@example.com', 'ANN@EXAMPLE.COM']) {
      const response = await find(email);
      expect(response.status).to.equal(200);
      expect(response.body).to.deep.equal(body);
      expect(response.headers.get('ETag')).to.equal('"1"');
      expect(response.headers.get('Cache-Control')).to.equal('private, no-cache');
    }
  });

  it('answers 304 while the client has that version', async () => {
    const response = await find('ann@example.com', service.reader.with({ 'If-None-Match': '"1"' }));
    expect(response).to.include({ status: 304, text: '' });
  });

  it('every scope may read', async () => {
    for (const by of [service.reader, service.writer, service.admin]) {
      expect((await find('ann@example.com', by)).status).to.equal(200);
    }
  });

  it('an address that nobody has is 404', async () => {
    expect(await found('nobody@example.com')).to.equal('404 user_not_found');
  });

  for (const email of ['ann@example.com', 'nobody@example.com']) {
    it(`is not for users, who learn nothing about ${email}`, async () => {
      expect(problemOf(await find(email, api.as('ann')))).to.equal('403 forbidden');
      expect(problemOf(await find(email, api.as('mailless')))).to.equal('403 forbidden');
      expect(problemOf(await find(email, api))).to.equal('401 unauthenticated');
      expect(problemOf(await find(email, api.as('unknown')))).to.equal('401 unauthenticated');
    });

    it(`is not for a service that acts for a user, also about ${email}`, async () => {
      const acting = service.admin.with({ 'On-Behalf-Of': 'ann' });
      expect(problemOf(await find(email, acting))).to.equal('403 forbidden');
      const forNobody = service.admin.with({ 'On-Behalf-Of': 'unknown' });
      expect(problemOf(await find(email, forNobody))).to.equal('404 user_not_found');
    });
  }

  it('follows the address at once when it is changed, passed on, and taken away', async () => {
    await newUser('from', 'shared@example.com');
    await createUsers(api, 'to');
    expect(await found('shared@example.com')).to.equal('from');

    await api.as('from').patch('/users/from', { email: 'moved@example.com' });
    expect(await found('shared@example.com')).to.equal('404 user_not_found');
    expect(await found('moved@example.com')).to.equal('from');

    await api.as('to').patch('/users/to', { email: 'SHARED@example.com' });
    expect(await found('shared@example.com')).to.equal('to');

    await api.as('to').patch('/users/to', { email: null });
    expect(await found('shared@example.com')).to.equal('404 user_not_found');
  });

  it('finds nobody by the address of a deleted user, nor who takes their name again', async () => {
    await newUser('leaving', 'leaving@example.com');
    expect((await api.as('leaving').delete('/users/leaving')).status).to.equal(204);
    expect(await found('leaving@example.com')).to.equal('404 user_not_found');
    await createUsers(api, 'leaving');
    expect(await found('leaving@example.com')).to.equal('404 user_not_found');
    await newUser('heir', 'leaving@example.com');
    expect(await found('leaving@example.com')).to.equal('heir');
  });

  it('finds suspended users too', async () => {
    await newUser('resting', 'resting@example.com');
    await service.admin.post('/users/resting/suspend', {});
    expect((await find('resting@example.com')).body.user).to.include({ status: 'suspended' });
  });

  for (const [query, ...places] of [
    ['', 'query.email'],
    ['?email=', 'query.email'],
    ['?email=nonsense', 'query.email'],
    ['?email=a@b.cd&email=c@d.ef', 'query.email'],
    ['?email=a@b.cd&limit=1', 'query.limit'],
    ['?mail=a@b.cd', 'query.email', 'query.mail'],
  ] as const) {
    it(`there is no GET /users${query}`, async () => {
      expect(invalidFields(await service.reader.get(`/users${query}`))).to.have.members([...places]);
    });
  }
});
