import { expect } from 'chai';
import {
  type ApiClient,
  type ApiResponse,
  createUsers,
  invalidFields,
  problemOf,
} from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('POST /organizations/{organization}/ownership-transfers', () => {
  const service = useEmbeddedService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'outsider');
  });

  const transfer = (path: string, by: ApiClient, toUsername: string): Promise<ApiResponse> =>
    by.post(`${path}/ownership-transfers`, { toUsername });
  /** The role of each member, by the name without its number. */
  const roles = async (path: string) => {
    const { body } = await service.reader.get(`${path}/members`);
    return Object.fromEntries(body.members?.map((m) => [m.memberUsername.replace(/\d+$/, ''), m.role]) ?? []);
  };

  for (const role of ['Admin', 'Member'] as const) {
    it(`makes ${role === 'Admin' ? 'an' : 'a'} ${role} Owner and the caller Admin`, async () => {
      const { path, owner, heir } = await service.organization({ owner: 'Owner', heir: role });
      const before = (await owner.get(path)).body.organization;
      const response = await transfer(path, owner, heir.username);
      expect(response.status, response.text).to.equal(200);
      const { updatedAt } = response.body.organization ?? {};
      expect(response.body).to.deep.equal({ organization: { ...before, version: 2, updatedAt } });
      expect(response.headers.get('ETag')).to.equal('"2"');
      expect(await roles(path)).to.deep.equal({ heir: 'Owner', owner: 'Admin' });
      for (const [user, newRole] of [
        [heir, 'Owner'],
        [owner, 'Admin'],
      ] as const) {
        const { body } = await owner.get(`${path}/members/${user.username}`);
        expect(body.membership).to.include({ role: newRole, version: 2 });
      }
      expect(problemOf(await owner.delete(path)), 'as a former Owner').to.equal('403 forbidden');
      expect(problemOf(await transfer(path, owner, heir.username))).to.equal('403 forbidden');
      expect(problemOf(await heir.delete(`${path}/members/${heir.username}`))).to.equal('409 last_owner');
      expect((await owner.delete(owner.path)).status).to.equal(204);
    });
  }

  it('records one event of the organization and of both users', async () => {
    const { path, owner, heir, other } = await service.organization({
      owner: 'Owner',
      heir: 'Member',
      other: 'Admin',
    });
    await transfer(path, owner, heir.username);
    const lastEvent = async (by: ApiClient, stream: string) =>
      (await by.get(`${stream}/events`)).body.events?.at(-1);
    const last = await lastEvent(heir, path);
    expect(last).to.deep.include({
      seq: 4,
      type: 'ownership.transferred',
      actor: { type: 'user', name: owner.username },
      changes: { owner: { from: owner.username, to: heir.username } },
      version: 2,
    });
    for (const user of [owner, heir]) {
      expect(await lastEvent(user, user.path)).to.deep.equal({ ...last, seq: 3 });
    }
    expect(await lastEvent(other, other.path)).to.include({ type: 'membership.added' });
  });

  it('does not change the other Owners', async () => {
    const { path, owner, heir } = await service.organization({
      owner: 'Owner',
      second: 'Owner',
      heir: 'Member',
    });
    expect((await transfer(path, owner, heir.username)).status).to.equal(200);
    expect(await roles(path)).to.deep.equal({ heir: 'Owner', owner: 'Admin', second: 'Owner' });
  });

  it('is allowed for Owners only', async () => {
    const { path, owner, admin, member } = await service.organization({
      owner: 'Owner',
      admin: 'Admin',
      member: 'Member',
    });
    for (const by of [admin, member]) {
      expect(problemOf(await transfer(path, by, by.username))).to.equal('403 forbidden');
      expect(problemOf(await transfer(path, by, 'nobody'))).to.equal('403 forbidden');
    }
    for (const by of [service.reader, service.writer, service.admin]) {
      expect(problemOf(await transfer(path, by, admin.username)), 'in its own name').to.equal(
        '403 forbidden',
      );
    }
    expect(problemOf(await transfer(path, api.as('outsider'), 'outsider'))).to.equal(
      '404 organization_not_found',
    );
    expect(problemOf(await transfer(path, api, admin.username))).to.equal('401 unauthenticated');
    expect(await roles(path)).to.deep.equal({ admin: 'Admin', member: 'Member', owner: 'Owner' });
    const onBehalf = service.writer.with({ 'On-Behalf-Of': owner.username });
    expect((await transfer(path, onBehalf, admin.username)).status, 'on behalf of the Owner').to.equal(200);
    expect(await roles(path)).to.deep.equal({ admin: 'Owner', member: 'Member', owner: 'Admin' });
  });

  it('requires a member who is not an Owner yet', async () => {
    const { path, owner, second } = await service.organization({ owner: 'Owner', second: 'Owner' });
    for (const to of ['outsider', 'nobody']) {
      expect(problemOf(await transfer(path, owner, to)), to).to.equal('404 membership_not_found');
    }
    for (const { username } of [owner, second]) {
      const response = await transfer(path, owner, username);
      expect(problemOf(response), username).to.equal('409 membership_already_exists');
    }
    expect((await owner.get(path)).body.organization?.version).to.equal(2);
  });

  it('rejects a suspended member and an Owner of 25 organizations', async () => {
    const { path, owner, suspended, mogul } = await service.organization({
      owner: 'Owner',
      suspended: 'Member',
      mogul: 'Member',
    });
    await service.admin.post(`${suspended.path}/suspend`, {});
    expect(problemOf(await transfer(path, owner, suspended.username))).to.equal('403 user_suspended');
    for (let i = 1; i <= 25; i += 1) {
      const { status } = await mogul.post('/organizations', { organizationName: `Mogul ${i}` });
      expect(status).to.equal(201);
    }
    expect(problemOf(await transfer(path, owner, mogul.username))).to.equal('409 too_many_organizations');
    expect(await roles(path)).to.deep.equal({ mogul: 'Member', owner: 'Owner', suspended: 'Member' });
  });

  it('succeeds once of two concurrent transfers', async () => {
    const { path, owner, left, right } = await service.organization({
      owner: 'Owner',
      left: 'Member',
      right: 'Member',
    });
    const responses = await Promise.all([
      transfer(path, owner, left.username),
      transfer(path, owner, right.username),
    ]);
    expect(responses.map(({ status }) => status).sort()).to.deep.equal([200, 403]);
    expect(Object.values(await roles(path)).sort()).to.deep.equal(['Admin', 'Member', 'Owner']);
  });

  for (const [body, ...fields] of [
    [{}, 'toUsername'],
    [{ toUsername: 'No body' }, 'toUsername'],
    [{ toUsername: 7 }, 'toUsername'],
    [{ toUsername: 'outsider', role: 'Owner' }, 'role'],
  ] as const) {
    it(`rejects ${JSON.stringify(body)}`, async () => {
      const response = await api.as('outsider').post('/organizations/any/ownership-transfers', body);
      expect(invalidFields(response)).to.deep.equal(fields);
    });
  }
});
