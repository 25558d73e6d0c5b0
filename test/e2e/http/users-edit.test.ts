import { expect } from 'chai';
import { type ApiResponse, invalidFields, problemOf } from '../../support/api-client.ts';
import type { UserClient } from '../../support/service-under-test.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('PATCH /users/{username}', () => {
  const service = useEmbeddedService();
  const { api } = service;

  let bystander: UserClient;

  before(async () => {
    bystander = await service.user();
  });

  /** At version 1. */
  const newUser = (email?: string): Promise<UserClient> =>
    service.user({ firstName: 'First', lastName: 'Last', email });
  const edit = (user: UserClient, body: unknown): Promise<ApiResponse> => user.patch(user.path, body);
  const eventsOf = async (user: UserClient) => {
    const { body } = await user.get(`${user.path}/events`);
    return body.events?.map(({ type, changes, version }) => ({ type, changes, version }));
  };
  const CREATED = { type: 'user.created', changes: { firstName: {}, lastName: {} }, version: 1 };

  it('changes the given fields only', async () => {
    const user = await newUser();
    const before = (await api.get(user.path)).body.user;
    const response = await edit(user, { firstName: 'Changed' });
    expect(response.status, response.text).to.equal(200);
    expect(response.headers.get('ETag')).to.equal('"2"');
    const { updatedAt } = response.body.user ?? {};
    expect(response.body).to.deep.equal({ user: { ...before, firstName: 'Changed', version: 2, updatedAt } });
    expect(updatedAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect((await api.get(user.path)).body).to.deep.equal(response.body);
  });

  it('changes all fields in one version with one event', async () => {
    const user = await newUser();
    const response = await edit(user, { firstName: 'A', lastName: 'B', email: 'all@example.com' });
    expect(response.body.user).to.include({
      username: user.username,
      firstName: 'A',
      lastName: 'B',
      email: 'all@example.com',
      version: 2,
    });
    const changes = { firstName: {}, lastName: {}, email: {} };
    expect(await eventsOf(user)).to.deep.equal([CREATED, { type: 'user.updated', changes, version: 2 }]);
  });

  for (const [what, body] of Object.entries({
    'an empty edit': {},
    'the same names': { firstName: 'First', lastName: 'Last' },
    'removing an address that is not set': { email: null },
  })) {
    it(`keeps the version and records no event for ${what}`, async () => {
      const user = await newUser();
      const before = await api.get(user.path);
      const response = await edit(user, body);
      expect(response.status).to.equal(200);
      expect(response.body).to.deep.equal(before.body);
      expect(response.headers.get('ETag')).to.equal('"1"');
      expect(await eventsOf(user)).to.deep.equal([CREATED]);
    });
  }

  describe('of the e-mail address', () => {
    it('claims the address', async () => {
      const user = await newUser();
      expect((await edit(user, { email: 'claimed@example.com' })).body.user?.email).to.equal(
        'claimed@example.com',
      );
      for (const email of ['claimed@example.com', 'CLAIMED@example.com']) {
        const other = await newUser();
        const response = await edit(other, { email });
        expect(problemOf(response)).to.equal('409 email_taken');
        expect(response.text).to.not.contain(user.username);
        expect(problemOf(await api.post('/users', service.newUser({ email })))).to.equal('409 email_taken');
        expect((await api.get(other.path)).body.user).to.include({ version: 1 });
      }
    });

    it('releases the old address and claims the new one', async () => {
      const user = await newUser('before@example.com');
      expect((await edit(user, { email: 'after@example.com' })).status).to.equal(200);
      const [first, second] = [await newUser(), await newUser()];
      expect((await edit(first, { email: 'before@example.com' })).status).to.equal(200);
      expect(problemOf(await edit(second, { email: 'after@example.com' }))).to.equal('409 email_taken');
    });

    it('releases a removed address', async () => {
      const user = await newUser('gone@example.com');
      const response = await edit(user, { email: null });
      expect(response.status).to.equal(200);
      expect(response.body.user).to.include({ version: 2 }).and.not.have.property('email');
      await newUser('gone@example.com');
      expect(problemOf(await edit(user, { email: 'gone@example.com' }))).to.equal('409 email_taken');
    });

    it('may change the case of the address without releasing it', async () => {
      const user = await newUser('case@example.com');
      const response = await edit(user, { email: 'Case@Example.com' });
      expect(response.status).to.equal(200);
      expect(response.body.user).to.include({ email: 'Case@Example.com', version: 2 });
      expect(problemOf(await edit(await newUser(), { email: 'case@example.com' }))).to.equal(
        '409 email_taken',
      );
    });

    it('may return to an earlier address', async () => {
      const user = await newUser('there@example.com');
      for (const email of ['back@example.com', 'there@example.com', null, 'there@example.com']) {
        expect((await edit(user, { email })).status, String(email)).to.equal(200);
      }
      expect((await api.get(user.path)).body.user).to.include({
        email: 'there@example.com',
        version: 5,
      });
    });

    it('succeeds for one of two users who claim it concurrently', async () => {
      const both = [await newUser(), await newUser()];
      const responses = await Promise.all(both.map((user) => edit(user, { email: 'one@example.com' })));
      expect(responses.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
      const loser = responses.find(({ status }) => status === 409);
      expect(loser && problemOf(loser)).to.equal('409 email_taken');
    });

    it('leaves the names unchanged if it is rejected', async () => {
      await newUser('held@example.com');
      const user = await newUser();
      const response = await edit(user, { firstName: 'Other', email: 'held@example.com' });
      expect(problemOf(response)).to.equal('409 email_taken');
      expect((await api.get(user.path)).body.user).to.include({ firstName: 'First', version: 1 });
      expect(await eventsOf(user)).to.deep.equal([CREATED]);
    });
  });

  for (const [body, ...fields] of [
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
    it(`rejects ${JSON.stringify(body).slice(0, 60)}`, async () => {
      expect(invalidFields(await edit(bystander, body))).to.deep.equal(fields);
      expect((await api.get(bystander.path)).body.user?.version).to.equal(1);
    });
  }

  it('requires the version of If-Match', async () => {
    const user = await newUser();
    const editIf = (tag: string, firstName: string) =>
      user.with({ 'If-Match': tag }).patch(user.path, { firstName });
    expect(problemOf(await editIf('"2"', 'Two'))).to.equal('412 version_mismatch');
    expect(problemOf(await editIf('"2"', 'First')), 'even if nothing would change').to.equal(
      '412 version_mismatch',
    );
    expect((await editIf('"1"', 'One')).headers.get('ETag')).to.equal('"2"');
    expect(problemOf(await editIf('"1"', 'Again'))).to.equal('412 version_mismatch');
    expect((await api.get(user.path)).body.user).to.include({ firstName: 'One', version: 2 });
  });

  it('is allowed for the user and services with the scope admin only', async () => {
    const { path } = await newUser();
    const body = { firstName: 'Taken over' };
    expect(problemOf(await api.patch(path, body))).to.equal('401 unauthenticated');
    for (const target of [path, '/users/nobody']) {
      expect(problemOf(await bystander.patch(target, body)), target).to.equal('403 forbidden');
    }
    for (const one of [service.reader, service.writer]) {
      expect(problemOf(await one.patch(path, body))).to.equal('403 forbidden');
    }
    expect((await api.get(path)).body.user).to.include({ firstName: 'First', version: 1 });
    expect((await service.admin.patch(path, body)).body.user).to.include({ firstName: 'Taken over' });
    expect(problemOf(await service.admin.patch('/users/nobody', body))).to.equal('404 user_not_found');
  });

  it('is visible in the list of members at once', async () => {
    const user = await newUser();
    const organizationName = service.unique('organization-');
    await user.post('/organizations', { organizationName });
    const members = () => user.get(`/organizations/${organizationName}/members`);
    expect((await members()).body.members?.[0]).to.include({ firstName: 'First' });
    await edit(user, { firstName: 'Seen' });
    expect((await members()).body.members?.[0]).to.include({ firstName: 'Seen', lastName: 'Last' });
  });
});
