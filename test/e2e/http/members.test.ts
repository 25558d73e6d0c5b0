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

describe('members over HTTP', () => {
  const service = useService();
  const { api } = service;
  let path: string;
  let added = 0;

  before(async () => {
    path = await createOrganization(api, 'Olivia Org', { owner: 'Owner', admin: 'Admin', member: 'Member' });
    await createUsers(api, 'stranger');
  });

  const add = (by: string, memberUsername: string, role: string): Promise<ApiResponse> =>
    api.as(by).post(`${path}/members`, { memberUsername, role });

  const newUser = async (): Promise<string> => {
    const username = `user${++added}`;
    await createUsers(api, username);
    return username;
  };

  const newMember = async (role: Role): Promise<string> => {
    const username = await newUser();
    expect((await add('owner', username, role)).status).to.equal(201);
    return username;
  };

  const roleOf = async (username: string): Promise<Role | undefined> =>
    (await api.as('owner').get(`${path}/members/${username}`)).body.membership?.role;

  /** Who may do it to whom; the rest is forbidden. */
  const RIGHTS: Readonly<Record<string, readonly Role[]>> = {
    owner: ['Owner', 'Admin', 'Member'],
    admin: ['Admin', 'Member'],
    member: [],
  };
  for (const [caller, roles] of Object.entries(RIGHTS)) {
    for (const role of ['Owner', 'Admin', 'Member'] as const) {
      const may = roles.includes(role) ? 'may' : 'may not';

      it(`the ${caller} ${may} add a new ${role}`, async () => {
        const username = await newUser();
        const response = await add(caller, username, role);
        expect(may === 'may' ? response.status : problemOf(response)).to.equal(
          may === 'may' ? 201 : '403 forbidden',
        );
        expect(await roleOf(username)).to.equal(may === 'may' ? role : undefined);
      });

      it(`the ${caller} ${may} make a Member a ${role}`, async () => {
        const username = await newMember('Member');
        const response = await api.as(caller).patch(`${path}/members/${username}`, { role });
        expect(may === 'may' ? response.status : problemOf(response)).to.equal(
          may === 'may' ? 200 : '403 forbidden',
        );
        expect(await roleOf(username)).to.equal(may === 'may' ? role : 'Member');
      });

      it(`the ${caller} ${may} make a ${role} a Member`, async () => {
        const username = await newMember(role);
        const response = await api.as(caller).patch(`${path}/members/${username}`, { role: 'Member' });
        expect(may === 'may' ? response.status : problemOf(response)).to.equal(
          may === 'may' ? 200 : '403 forbidden',
        );
        expect(await roleOf(username)).to.equal(may === 'may' ? 'Member' : role);
      });

      it(`the ${caller} ${may} remove a ${role}`, async () => {
        const username = await newMember(role);
        const response = await api.as(caller).delete(`${path}/members/${username}`);
        expect(may === 'may' ? response.status : problemOf(response)).to.equal(
          may === 'may' ? 204 : '403 forbidden',
        );
        expect(await roleOf(username)).to.equal(may === 'may' ? undefined : role);
      });
    }

    it(`the ${caller} reads the organization, its members and each membership`, async () => {
      for (const read of [path, `${path}/members`, `${path}/members/owner`, `${path}/members/${caller}`]) {
        expect((await api.as(caller).get(read)).status, read).to.equal(200);
      }
    });
  }

  it('an Admin cannot become an Owner alone', async () => {
    const response = await api.as('admin').patch(`${path}/members/admin`, { role: 'Owner' });
    expect(problemOf(response)).to.equal('403 forbidden');
  });

  it('an Admin cannot keep an Owner an Owner', async () => {
    const response = await api.as('admin').patch(`${path}/members/owner`, { role: 'Owner' });
    expect(problemOf(response)).to.equal('403 forbidden');
  });

  it('an Admin may step down', async () => {
    const username = await newMember('Admin');
    expect((await api.as(username).patch(`${path}/members/${username}`, { role: 'Member' })).status).to.equal(
      200,
    );
    expect(problemOf(await add(username, 'stranger', 'Member'))).to.equal('403 forbidden');
  });

  for (const role of ['Owner', 'Admin', 'Member'] as const) {
    it(`a ${role} may leave, and is an outsider from then on`, async () => {
      const username = await newMember(role);
      const self = api.as(username);
      expect((await self.delete(`${path}/members/${username}`)).status).to.equal(204);
      expect(problemOf(await self.get(path))).to.equal('404 organization_not_found');
      expect(problemOf(await self.get(`${path}/members/${username}`))).to.equal('404 membership_not_found');
      expect((await self.get(`/users/${username}/organizations`)).body).to.deep.equal({ memberships: [] });
      expect(problemOf(await self.delete(`${path}/members/${username}`))).to.equal(
        '404 organization_not_found',
      );
    });
  }

  describe('to an outsider the organization does not exist:', () => {
    const asks: Readonly<Record<string, (client: ApiClient, path: string) => Promise<ApiResponse>>> = {
      'reading it': (client, at) => client.get(at),
      'listing its members': (client, at) => client.get(`${at}/members`),
      'asking about a member': (client, at) => client.get(`${at}/members/owner`),
      'asking about nobody': (client, at) => client.get(`${at}/members/nobody`),
      'adding a member': (client, at) =>
        client.post(`${at}/members`, { memberUsername: 'stranger', role: 'Owner' }),
      'changing a role': (client, at) => client.patch(`${at}/members/member`, { role: 'Owner' }),
      'removing a member': (client, at) => client.delete(`${at}/members/member`),
      'leaving it': (client, at) => client.delete(`${at}/members/stranger`),
    };
    for (const [what, ask] of Object.entries(asks)) {
      it(`${what} answers as it does where there is none`, async () => {
        const there = await ask(api.as('stranger'), path);
        expect(problemOf(there)).to.equal('404 organization_not_found');
        const nowhere = await ask(api.as('stranger'), '/organizations/nowhere');
        const { requestId: _, ...told } = there.body;
        const { requestId: __, ...toldOfNone } = nowhere.body;
        expect(told).to.deep.equal({
          ...toldOfNone,
          detail: toldOfNone.detail?.replace('nowhere', 'olivia-org'),
        });
      });
    }

    it('but about oneself one may ask', async () => {
      const response = await api.as('stranger').get(`${path}/members/stranger`);
      expect(problemOf(response)).to.equal('404 membership_not_found');
    });

    it('and about oneself where there is none', async () => {
      const response = await api.as('stranger').get('/organizations/nowhere/members/stranger');
      expect(problemOf(response)).to.equal('404 organization_not_found');
    });
  });

  it('nobody is added to an organization that is not there, by whoever', async () => {
    const response = await api
      .as('owner')
      .post('/organizations/nowhere/members', { memberUsername: 'stranger', role: 'Member' });
    expect(problemOf(response)).to.equal('404 organization_not_found');
  });

  it('a user who is not there cannot be added', async () => {
    expect(problemOf(await add('owner', 'nobody', 'Member'))).to.equal('404 user_not_found');
  });

  it('who may add nobody does not learn who is there', async () => {
    for (const username of ['nobody', 'stranger', 'owner']) {
      expect(problemOf(await add('member', username, 'Member')), username).to.equal('403 forbidden');
    }
  });

  it('a member cannot be added again, in whatever role', async () => {
    expect(problemOf(await add('owner', 'member', 'Admin'))).to.equal('409 membership_already_exists');
    expect(problemOf(await add('owner', 'owner', 'Member'))).to.equal('409 membership_already_exists');
    expect(await roleOf('member')).to.equal('Member');
  });

  it('a membership that is not there cannot be changed or removed', async () => {
    for (const username of ['nobody', 'stranger']) {
      const members = `${path}/members/${username}`;
      expect(problemOf(await api.as('owner').patch(members, { role: 'Admin' }))).to.equal(
        '404 membership_not_found',
      );
      expect(problemOf(await api.as('owner').delete(members))).to.equal('404 membership_not_found');
    }
  });

  it('the same role again keeps the version and the time', async () => {
    const username = await newMember('Admin');
    const before = await api.as('owner').get(`${path}/members/${username}`);
    const response = await api.as('owner').patch(`${path}/members/${username}`, { role: 'Admin' });
    expect(response.status).to.equal(200);
    expect(response.body).to.deep.equal(before.body);
    expect(response.headers.get('ETag')).to.equal('"1"');
  });

  it('who is added again after a removal continues the version', async () => {
    const username = await newMember('Admin');
    await api.as('owner').delete(`${path}/members/${username}`);
    const again = await add('owner', username, 'Member');
    expect(again.body.membership).to.include({ version: 3, role: 'Member' });
    expect(again.headers.get('ETag')).to.equal('"3"');
  });

  it('being a member of one organization is nothing in another', async () => {
    const elsewhere = await createOrganization(api, 'Elsewhere', { someone: 'Owner' });
    expect(problemOf(await api.as('owner').get(elsewhere))).to.equal('404 organization_not_found');
    expect((await api.as('owner').get('/users/owner/organizations')).body.memberships).to.have.length(1);
  });
});
