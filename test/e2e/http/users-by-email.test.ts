import { expect } from 'chai';
import { type ApiResponse, createUsers, invalidFields, problemOf } from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('GET /users?email=', () => {
  const service = useEmbeddedService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'withoutmail');
    await service.user({ username: 'ann', email: 'Ann@Example.com' });
  });

  const find = (email: string, by = service.reader): Promise<ApiResponse> =>
    by.get(`/users?email=${encodeURIComponent(email)}`);
  const usernameOf = async (email: string): Promise<string | undefined> => {
    const response = await find(email);
    return response.status === 200 ? response.body.user?.username : problemOf(response);
  };

  it('returns the user to a service, ignoring the case of the address', async () => {
    const { body } = await api.get('/users/ann');
    for (const email of ['Ann@Example.com', 'ann@example.com', 'ANN@EXAMPLE.COM']) {
      const response = await find(email);
      expect(response.status).to.equal(200);
      expect(response.body).to.deep.equal(body);
      expect(response.headers.get('ETag')).to.equal('"1"');
      expect(response.headers.get('Cache-Control')).to.equal('private, no-cache');
    }
  });

  it('returns 304 if the client has the current version', async () => {
    const response = await find('ann@example.com', service.reader.with({ 'If-None-Match': '"1"' }));
    expect(response).to.include({ status: 304, text: '' });
  });

  it('is allowed with every scope', async () => {
    for (const by of [service.reader, service.writer, service.admin]) {
      expect((await find('ann@example.com', by)).status).to.equal(200);
    }
  });

  it('returns 404 for an unknown address', async () => {
    expect(await usernameOf('nobody@example.com')).to.equal('404 user_not_found');
  });

  for (const email of ['ann@example.com', 'nobody@example.com']) {
    it(`rejects users without disclosing whether ${email} exists`, async () => {
      expect(problemOf(await find(email, api.as('ann')))).to.equal('403 forbidden');
      expect(problemOf(await find(email, api.as('withoutmail')))).to.equal('403 forbidden');
      expect(problemOf(await find(email, api))).to.equal('401 unauthenticated');
      expect(problemOf(await find(email, api.as('unknown')))).to.equal('401 unauthenticated');
    });

    it(`rejects services on behalf of a user, also for ${email}`, async () => {
      const onBehalf = service.admin.with({ 'On-Behalf-Of': 'ann' });
      expect(problemOf(await find(email, onBehalf))).to.equal('403 forbidden');
      const onBehalfOfUnknown = service.admin.with({ 'On-Behalf-Of': 'unknown' });
      expect(problemOf(await find(email, onBehalfOfUnknown))).to.equal('404 user_not_found');
    });
  }

  it('reflects at once that an address is changed, claimed by another user, and removed', async () => {
    const first = await service.user({ email: 'shared@example.com' });
    const second = await service.user();
    expect(await usernameOf('shared@example.com')).to.equal(first.username);

    await first.patch(first.path, { email: 'moved@example.com' });
    expect(await usernameOf('shared@example.com')).to.equal('404 user_not_found');
    expect(await usernameOf('moved@example.com')).to.equal(first.username);

    await second.patch(second.path, { email: 'SHARED@example.com' });
    expect(await usernameOf('shared@example.com')).to.equal(second.username);

    await second.patch(second.path, { email: null });
    expect(await usernameOf('shared@example.com')).to.equal('404 user_not_found');
  });

  it('finds neither a deleted user nor a new user of that name', async () => {
    await service.user({ username: 'leaving', email: 'leaving@example.com' });
    expect((await api.as('leaving').delete('/users/leaving')).status).to.equal(204);
    expect(await usernameOf('leaving@example.com')).to.equal('404 user_not_found');
    await createUsers(api, 'leaving');
    expect(await usernameOf('leaving@example.com')).to.equal('404 user_not_found');
    await service.user({ username: 'heir', email: 'leaving@example.com' });
    expect(await usernameOf('leaving@example.com')).to.equal('heir');
  });

  it('finds suspended users', async () => {
    const { path } = await service.user({ email: 'suspended@example.com' });
    await service.admin.post(`${path}/suspend`, {});
    expect((await find('suspended@example.com')).body.user).to.include({ status: 'suspended' });
  });

  for (const [query, ...fields] of [
    ['', 'query.email'],
    ['?email=', 'query.email'],
    ['?email=nonsense', 'query.email'],
    ['?email=a@b.cd&email=c@d.ef', 'query.email'],
    ['?email=a@b.cd&limit=1', 'query.limit'],
    ['?mail=a@b.cd', 'query.email', 'query.mail'],
  ] as const) {
    it(`rejects GET /users${query}`, async () => {
      expect(invalidFields(await service.reader.get(`/users${query}`))).to.have.members([...fields]);
    });
  }
});
