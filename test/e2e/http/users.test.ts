import { expect } from 'chai';
import { createUsers, problemOf } from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

describe('users and organizations are there once', () => {
  const service = useService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'olivia', 'michael');
  });

  const person = { firstName: 'A', lastName: 'B' };

  it('a username is taken once, and who has it stays as they are', async () => {
    const before = await api.get('/users/olivia');
    const response = await api.post('/users', { username: 'olivia', firstName: 'Not', lastName: 'Olivia' });
    expect(problemOf(response)).to.equal('409 user_already_exists');
    expect((await api.get('/users/olivia')).body).to.deep.equal(before.body);
  });

  for (const email of ['Mail@Example.com', 'mail@example.com', 'MAIL@EXAMPLE.COM']) {
    it(`an e-mail address is taken once, also when it is written ${email}`, async () => {
      await api.post('/users', { username: 'mailed', ...person, email: 'Mail@Example.com' });
      const response = await api.post('/users', { username: 'second', ...person, email });
      expect(problemOf(response)).to.equal('409 email_taken');
      expect(response.text, 'whose it is').to.not.contain('mailed');
      expect(problemOf(await api.get('/users/second'))).to.equal('404 user_not_found');
    });
  }

  it('a user who was refused leaves no claim on the e-mail address', async () => {
    const email = 'free@example.com';
    const refused = await api.post('/users', { username: 'olivia', ...person, email });
    expect(problemOf(refused)).to.equal('409 user_already_exists');
    expect((await api.post('/users', { username: 'other', ...person, email })).status).to.equal(201);
  });

  it('users without an e-mail address do not collide', async () => {
    await createUsers(api, 'mailless1', 'mailless2', 'mailless3');
  });

  it('a user looked for before it was created is found at once afterwards', async () => {
    expect(problemOf(await api.get('/users/soon'))).to.equal('404 user_not_found');
    await createUsers(api, 'soon');
    expect((await api.get('/users/soon')).status).to.equal(200);
  });

  it('an organization name is taken once, by whoever', async () => {
    const found = (founder: string) => api.as(founder).post('/organizations', { organizationName: 'Unique' });
    expect((await found('olivia')).status).to.equal(201);
    for (const founder of ['olivia', 'michael']) {
      expect(problemOf(await found(founder))).to.equal('409 organization_already_exists');
    }
    const { body } = await api.as('olivia').get('/organizations/unique');
    expect(body.organization).to.include({ foundingUser: 'olivia', version: 1 });
  });

  it('an organization looked for before it was created is found at once afterwards', async () => {
    const olivia = api.as('olivia');
    expect(problemOf(await olivia.get('/organizations/early'))).to.equal('404 organization_not_found');
    await olivia.post('/organizations', { organizationName: 'Early' });
    expect((await olivia.get('/organizations/early')).status).to.equal(200);
    expect((await olivia.get('/organizations/early/members/olivia')).body.membership?.role).to.equal('Owner');
  });
});
