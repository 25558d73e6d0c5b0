import { expect } from 'chai';
import { createUsers, problemOf } from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

describe('uniqueness of users and organizations', () => {
  const service = useService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'olivia', 'michael');
  });

  it('rejects a username that is taken and leaves its user unchanged', async () => {
    const before = await api.get('/users/olivia');
    const response = await api.post('/users', { username: 'olivia', firstName: 'Not', lastName: 'Olivia' });
    expect(problemOf(response)).to.equal('409 user_already_exists');
    expect((await api.get('/users/olivia')).body).to.deep.equal(before.body);
  });

  for (const email of ['Mail@Example.com', 'mail@example.com', 'MAIL@EXAMPLE.COM']) {
    it(`rejects an e-mail address that is taken, here spelled ${email}`, async () => {
      await api.post('/users', service.newUser({ username: 'mailed', email: 'Mail@Example.com' }));
      const response = await api.post('/users', service.newUser({ username: 'second', email }));
      expect(problemOf(response)).to.equal('409 email_taken');
      expect(response.text, 'owner of the address').to.not.contain('mailed');
      expect(problemOf(await api.get('/users/second'))).to.equal('404 user_not_found');
    });
  }

  it('does not claim the e-mail address of a rejected user', async () => {
    const email = 'free@example.com';
    const refused = await api.post('/users', service.newUser({ username: 'olivia', email }));
    expect(problemOf(refused)).to.equal('409 user_already_exists');
    expect((await api.post('/users', service.newUser({ username: 'other', email }))).status).to.equal(201);
  });

  it('accepts any number of users without an e-mail address', async () => {
    await createUsers(api, 'nomail1', 'nomail2', 'nomail3');
  });

  it('finds a new user at once, even if it was requested before', async () => {
    expect(problemOf(await api.get('/users/soon'))).to.equal('404 user_not_found');
    await createUsers(api, 'soon');
    expect((await api.get('/users/soon')).status).to.equal(200);
  });

  it('rejects an organization name that is taken, for every user', async () => {
    const create = (username: string) =>
      api.as(username).post('/organizations', { organizationName: 'Unique' });
    expect((await create('olivia')).status).to.equal(201);
    for (const username of ['olivia', 'michael']) {
      expect(problemOf(await create(username))).to.equal('409 organization_already_exists');
    }
    const { body } = await api.as('olivia').get('/organizations/unique');
    expect(body.organization).to.include({ foundingUser: 'olivia', version: 1 });
  });

  it('finds a new organization at once, even if it was requested before', async () => {
    const olivia = api.as('olivia');
    expect(problemOf(await olivia.get('/organizations/early'))).to.equal('404 organization_not_found');
    await olivia.post('/organizations', { organizationName: 'Early' });
    expect((await olivia.get('/organizations/early')).status).to.equal(200);
    expect((await olivia.get('/organizations/early/members/olivia')).body.membership?.role).to.equal('Owner');
  });
});
