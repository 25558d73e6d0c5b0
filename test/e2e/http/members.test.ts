import { expect } from 'chai';
import {
  type ApiClient,
  type ApiResponse,
  createOrganization,
  createUsers,
  problemOf,
  type Role,
} from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

describe('members', () => {
  const service = useService();
  const { api } = service;
  let path: string;

  before(async () => {
    path = await createOrganization(api, 'Olivia Org', { owner: 'Owner', admin: 'Admin', member: 'Member' });
    await createUsers(api, 'stranger');
  });

  const add = (by: string, memberUsername: string, role: string): Promise<ApiResponse> =>
    api.as(by).post(`${path}/members`, { memberUsername, role });

  const roleOf = async (username: string): Promise<Role | undefined> =>
    (await api.as('owner').get(`${path}/members/${username}`)).body.membership?.role;

  /** The roles that each caller may manage. */
  const MANAGEABLE_ROLES: Readonly<Record<string, readonly Role[]>> = {
    owner: ['Owner', 'Admin', 'Member'],
    admin: ['Admin', 'Member'],
    member: [],
  };
  for (const [caller, roles] of Object.entries(MANAGEABLE_ROLES)) {
    for (const role of ['Owner', 'Admin', 'Member'] as const) {
      const may = roles.includes(role) ? 'may' : 'may not';

      it(`the ${caller} ${may} add a new ${role}`, async () => {
        const { username } = await service.user();
        const response = await add(caller, username, role);
        expect(may === 'may' ? response.status : problemOf(response)).to.equal(
          may === 'may' ? 201 : '403 forbidden',
        );
        expect(await roleOf(username)).to.equal(may === 'may' ? role : undefined);
      });

      it(`the ${caller} ${may} change a Member to ${role}`, async () => {
        const { username } = await service.member(api.as('owner'), path, 'Member');
        const response = await api.as(caller).patch(`${path}/members/${username}`, { role });
        expect(may === 'may' ? response.status : problemOf(response)).to.equal(
          may === 'may' ? 200 : '403 forbidden',
        );
        expect(await roleOf(username)).to.equal(may === 'may' ? role : 'Member');
      });

      it(`the ${caller} ${may} change a ${role} to Member`, async () => {
        const { username } = await service.member(api.as('owner'), path, role);
        const response = await api.as(caller).patch(`${path}/members/${username}`, { role: 'Member' });
        expect(may === 'may' ? response.status : problemOf(response)).to.equal(
          may === 'may' ? 200 : '403 forbidden',
        );
        expect(await roleOf(username)).to.equal(may === 'may' ? 'Member' : role);
      });

      it(`the ${caller} ${may} remove a ${role}`, async () => {
        const { username } = await service.member(api.as('owner'), path, role);
        const response = await api.as(caller).delete(`${path}/members/${username}`);
        expect(may === 'may' ? response.status : problemOf(response)).to.equal(
          may === 'may' ? 204 : '403 forbidden',
        );
        expect(await roleOf(username)).to.equal(may === 'may' ? undefined : role);
      });
    }

    it(`the ${caller} may read the organization, its members and each membership`, async () => {
      for (const read of [path, `${path}/members`, `${path}/members/owner`, `${path}/members/${caller}`]) {
        expect((await api.as(caller).get(read)).status, read).to.equal(200);
      }
    });
  }

  it('an Admin may not become an Owner', async () => {
    const response = await api.as('admin').patch(`${path}/members/admin`, { role: 'Owner' });
    expect(problemOf(response)).to.equal('403 forbidden');
  });

  it('an Admin may not set the role of an Owner, not even to Owner', async () => {
    const response = await api.as('admin').patch(`${path}/members/owner`, { role: 'Owner' });
    expect(problemOf(response)).to.equal('403 forbidden');
  });

  it('an Admin may become a Member', async () => {
    const { username } = await service.member(api.as('owner'), path, 'Admin');
    expect((await api.as(username).patch(`${path}/members/${username}`, { role: 'Member' })).status).to.equal(
      200,
    );
    expect(problemOf(await add(username, 'stranger', 'Member'))).to.equal('403 forbidden');
  });

  for (const role of ['Owner', 'Admin', 'Member'] as const) {
    it(`a ${role} may leave and is then an outsider`, async () => {
      const member = await service.member(api.as('owner'), path, role);
      expect((await member.delete(`${path}/members/${member.username}`)).status).to.equal(204);
      expect(problemOf(await member.get(path))).to.equal('404 organization_not_found');
      expect(problemOf(await member.get(`${path}/members/${member.username}`))).to.equal(
        '404 membership_not_found',
      );
      expect((await member.get(`${member.path}/organizations`)).body).to.deep.equal({ memberships: [] });
      expect(problemOf(await member.delete(`${path}/members/${member.username}`))).to.equal(
        '404 organization_not_found',
      );
    });
  }

  describe('an outsider', () => {
    const requests: Readonly<Record<string, (client: ApiClient, path: string) => Promise<ApiResponse>>> = {
      'reading the organization': (client, at) => client.get(at),
      'listing members': (client, at) => client.get(`${at}/members`),
      'reading a membership': (client, at) => client.get(`${at}/members/owner`),
      'reading a membership that does not exist': (client, at) => client.get(`${at}/members/nobody`),
      'adding a member': (client, at) =>
        client.post(`${at}/members`, { memberUsername: 'stranger', role: 'Owner' }),
      'changing a role': (client, at) => client.patch(`${at}/members/member`, { role: 'Owner' }),
      'removing a member': (client, at) => client.delete(`${at}/members/member`),
      leaving: (client, at) => client.delete(`${at}/members/stranger`),
    };
    for (const [operation, send] of Object.entries(requests)) {
      it(`gets the response for a missing organization when ${operation}`, async () => {
        const existing = await send(api.as('stranger'), path);
        expect(problemOf(existing)).to.equal('404 organization_not_found');
        const missing = await send(api.as('stranger'), '/organizations/nowhere');
        const { requestId: _, ...problem } = existing.body;
        const { requestId: __, ...expected } = missing.body;
        expect(problem).to.deep.equal({
          ...expected,
          detail: expected.detail?.replace('nowhere', 'olivia-org'),
        });
      });
    }

    it('may ask for their own membership', async () => {
      const response = await api.as('stranger').get(`${path}/members/stranger`);
      expect(problemOf(response)).to.equal('404 membership_not_found');
    });

    it('may ask for their own membership in a missing organization', async () => {
      const response = await api.as('stranger').get('/organizations/nowhere/members/stranger');
      expect(problemOf(response)).to.equal('404 organization_not_found');
    });
  });

  it('cannot be added to an organization that does not exist', async () => {
    const response = await api
      .as('owner')
      .post('/organizations/nowhere/members', { memberUsername: 'stranger', role: 'Member' });
    expect(problemOf(response)).to.equal('404 organization_not_found');
  });

  it('cannot include a user that does not exist', async () => {
    expect(problemOf(await add('owner', 'nobody', 'Member'))).to.equal('404 user_not_found');
  });

  it('a Member who may not add anybody does not learn which users exist', async () => {
    for (const username of ['nobody', 'stranger', 'owner']) {
      expect(problemOf(await add('member', username, 'Member')), username).to.equal('403 forbidden');
    }
  });

  it('cannot be added again, in any role', async () => {
    expect(problemOf(await add('owner', 'member', 'Admin'))).to.equal('409 membership_already_exists');
    expect(problemOf(await add('owner', 'owner', 'Member'))).to.equal('409 membership_already_exists');
    expect(await roleOf('member')).to.equal('Member');
  });

  it('that do not exist cannot be changed or removed', async () => {
    for (const username of ['nobody', 'stranger']) {
      const members = `${path}/members/${username}`;
      expect(problemOf(await api.as('owner').patch(members, { role: 'Admin' }))).to.equal(
        '404 membership_not_found',
      );
      expect(problemOf(await api.as('owner').delete(members))).to.equal('404 membership_not_found');
    }
  });

  it('keep version and time if the role is set to the same value', async () => {
    const { username } = await service.member(api.as('owner'), path, 'Admin');
    const before = await api.as('owner').get(`${path}/members/${username}`);
    const response = await api.as('owner').patch(`${path}/members/${username}`, { role: 'Admin' });
    expect(response.status).to.equal(200);
    expect(response.body).to.deep.equal(before.body);
    expect(response.headers.get('ETag')).to.equal('"1"');
  });

  it('continue the version if they are added again after a removal', async () => {
    const { username } = await service.member(api.as('owner'), path, 'Admin');
    await api.as('owner').delete(`${path}/members/${username}`);
    const again = await add('owner', username, 'Member');
    expect(again.body.membership).to.include({ version: 3, role: 'Member' });
    expect(again.headers.get('ETag')).to.equal('"3"');
  });

  it('of one organization have no access to another', async () => {
    const elsewhere = await createOrganization(api, 'Elsewhere', { someone: 'Owner' });
    expect(problemOf(await api.as('owner').get(elsewhere))).to.equal('404 organization_not_found');
    expect((await api.as('owner').get('/users/owner/organizations')).body.memberships).to.have.length(1);
  });
});
