import { expect } from 'chai';
import { type ApiResponse, createUsers, invalidFields, problemOf } from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('PATCH /users/{username}', () => {
  const service = useEmbeddedService();
  const { api } = service;
  let made = 0;

  before(async () => {
    await createUsers(api, 'bystander');
  });

  /** At version 1. */
  const newUser = async (email?: string): Promise<string> => {
    const username = `user${++made}`;
    const body = { username, firstName: 'First', lastName: 'Last', email };
    expect((await api.post('/users', body)).status).to.equal(201);
    return username;
  };
  const edit = (username: string, body: unknown): Promise<ApiResponse> =>
    api.as(username).patch(`/users/${username}`, body);
  const lastEvents = async (username: string) => {
    const { body } = await api.as(username).get(`/users/${username}/events`);
    return body.events?.map(({ type, changes, version }) => ({ type, changes, version }));
  };
  const CREATED = { type: 'user.created', changes: { firstName: {}, lastName: {} }, version: 1 };

  it('changes what is given and leaves the rest', async () => {
    const username = await newUser();
    const before = (await api.get(`/users/${username}`)).body.user;
    const response = await edit(username, { firstName: 'Changed' });
    expect(response.status, response.text).to.equal(200);
    expect(response.headers.get('ETag')).to.equal('"2"');
    const { updatedAt } = response.body.user ?? {};
    expect(response.body).to.deep.equal({ user: { ...before, firstName: 'Changed', version: 2, updatedAt } });
    expect(updatedAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect((await api.get(`/users/${username}`)).body).to.deep.equal(response.body);
  });

  it('changes everything at once, in one version and one event', async () => {
    const username = await newUser();
    const response = await edit(username, { firstName: 'A', lastName: 'B', email: 'all@example.com' });
    expect(response.body.user).to.include({
      username,
      firstName: 'A',
      lastName: 'B',
      email: 'all@example.com',
      version: 2,
    });
    const changes = { firstName: {}, lastName: {}, email: {} };
    expect(await lastEvents(username)).to.deep.equal([
      CREATED,
      { type: 'user.updated', changes, version: 2 },
    ]);
  });

  for (const [what, body] of Object.entries({
    'an empty edit': {},
    'the same names': { firstName: 'First', lastName: 'Last' },
    'taking away what is not there': { email: null },
  })) {
    it(`${what} keeps the version and leaves no event`, async () => {
      const username = await newUser();
      const before = await api.get(`/users/${username}`);
      const response = await edit(username, body);
      expect(response.status).to.equal(200);
      expect(response.body).to.deep.equal(before.body);
      expect(response.headers.get('ETag')).to.equal('"1"');
      expect(await lastEvents(username)).to.deep.equal([CREATED]);
    });
  }

  describe('the e-mail address', () => {
    it('is claimed', async () => {
      const username = await newUser();
      expect((await edit(username, { email: 'claimed@example.com' })).body.user?.email).to.equal(
        'claimed@example.com',
      );
      for (const email of ['claimed@example.com', 'CLAIMED@example.com']) {
        const other = await newUser();
        const response = await edit(other, { email });
        expect(problemOf(response)).to.equal('409 email_taken');
        expect(response.text).to.not.contain(username);
        const newcomer = { username: `never${made}`, firstName: 'A', lastName: 'B', email };
        expect(problemOf(await api.post('/users', newcomer))).to.equal('409 email_taken');
        expect((await api.get(`/users/${other}`)).body.user).to.include({ version: 1 });
      }
    });

    it('is free again once changed, and the new one is not', async () => {
      const username = await newUser('before@example.com');
      expect((await edit(username, { email: 'after@example.com' })).status).to.equal(200);
      const [first, second] = [await newUser(), await newUser()];
      expect((await edit(first, { email: 'before@example.com' })).status).to.equal(200);
      expect(problemOf(await edit(second, { email: 'after@example.com' }))).to.equal('409 email_taken');
    });

    it('is free again once taken away', async () => {
      const username = await newUser('gone@example.com');
      const response = await edit(username, { email: null });
      expect(response.status).to.equal(200);
      expect(response.body.user).to.include({ version: 2 }).and.not.have.property('email');
      await newUser('gone@example.com');
      expect(problemOf(await edit(username, { email: 'gone@example.com' }))).to.equal('409 email_taken');
    });

    it('may be written otherwise by its owner, and stays theirs', async () => {
      const username = await newUser('case@example.com');
      const response = await edit(username, { email: 'Case@Example.com' });
      expect(response.status).to.equal(200);
      expect(response.body.user).to.include({ email: 'Case@Example.com', version: 2 });
      expect(problemOf(await edit(await newUser(), { email: 'case@example.com' }))).to.equal(
        '409 email_taken',
      );
    });

    it('may be given back and forth', async () => {
      const username = await newUser('there@example.com');
      for (const email of ['back@example.com', 'there@example.com', null, 'there@example.com']) {
        expect((await edit(username, { email })).status, String(email)).to.equal(200);
      }
      expect((await api.get(`/users/${username}`)).body.user).to.include({
        email: 'there@example.com',
        version: 5,
      });
    });

    it('goes to one of two who claim it at the same moment', async () => {
      const both = [await newUser(), await newUser()];
      const responses = await Promise.all(
        both.map((username) => edit(username, { email: 'one@example.com' })),
      );
      expect(responses.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
      const loser = responses.find(({ status }) => status === 409);
      expect(loser && problemOf(loser)).to.equal('409 email_taken');
    });

    it('that is refused leaves the names as they were', async () => {
      await newUser('held@example.com');
      const username = await newUser();
      const response = await edit(username, { firstName: 'Other', email: 'held@example.com' });
      expect(problemOf(response)).to.equal('409 email_taken');
      expect((await api.get(`/users/${username}`)).body.user).to.include({ firstName: 'First', version: 1 });
      expect(await lastEvents(username)).to.deep.equal([CREATED]);
    });
  });

  for (const [body, ...places] of [
    [{ username: 'other' }, 'username'],
    [{ status: 'suspended' }, 'status'],
    [{ firstName: '', lastName: 'x'.repeat(101), email: 'no' }, 'firstName', 'lastName', 'email'],
    [{ firstName: null }, 'firstName'],
    [{ lastName: 'a\u0000b' }, 'lastName'],
    [{ email: `${'a'.repeat(250)}@b.cd` }, 'email'],
    [{ email: 7 }, 'email'],
    [{ id: 'user_1', version: 9, ownerOf: [] }, 'id', 'version', 'ownerOf'],
    [[], ''],
  ] as const) {
    it(`refuses ${JSON.stringify(body).slice(0, 60)}`, async () => {
      expect(invalidFields(await edit('bystander', body))).to.deep.equal(places);
      expect((await api.get('/users/bystander')).body.user?.version).to.equal(1);
    });
  }

  it('If-Match: only at that version', async () => {
    const username = await newUser();
    const at = (tag: string, firstName: string) =>
      api.as(username).with({ 'If-Match': tag }).patch(`/users/${username}`, { firstName });
    expect(problemOf(await at('"2"', 'Two'))).to.equal('412 version_mismatch');
    expect(problemOf(await at('"2"', 'First')), 'even where nothing would change').to.equal(
      '412 version_mismatch',
    );
    expect((await at('"1"', 'One')).headers.get('ETag')).to.equal('"2"');
    expect(problemOf(await at('"1"', 'Again'))).to.equal('412 version_mismatch');
    expect((await api.get(`/users/${username}`)).body.user).to.include({ firstName: 'One', version: 2 });
  });

  it('is for the user and services with the scope admin alone', async () => {
    const username = await newUser();
    const path = `/users/${username}`;
    const body = { firstName: 'Taken over' };
    expect(problemOf(await api.patch(path, body))).to.equal('401 unauthenticated');
    for (const target of [path, '/users/nobody']) {
      expect(problemOf(await api.as('bystander').patch(target, body)), target).to.equal('403 forbidden');
    }
    for (const one of [service.reader, service.writer]) {
      expect(problemOf(await one.patch(path, body))).to.equal('403 forbidden');
    }
    expect((await api.get(path)).body.user).to.include({ firstName: 'First', version: 1 });
    expect((await service.admin.patch(path, body)).body.user).to.include({ firstName: 'Taken over' });
    expect(problemOf(await service.admin.patch('/users/nobody', body))).to.equal('404 user_not_found');
  });

  it('shows in the list of members at once', async () => {
    const username = await newUser();
    const organizationName = `of-${username}`;
    await api.as(username).post('/organizations', { organizationName });
    const members = () => api.as(username).get(`/organizations/${organizationName}/members`);
    expect((await members()).body.members?.[0]).to.include({ firstName: 'First' });
    await edit(username, { firstName: 'Seen' });
    expect((await members()).body.members?.[0]).to.include({ firstName: 'Seen', lastName: 'Last' });
  });
});
