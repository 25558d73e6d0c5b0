import { expect } from 'chai';
import {
  type ApiClient,
  type ApiResponse,
  createOrganization,
  createUsers,
  invalidFields,
  problemOf,
  type Role,
} from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('POST /organizations/{organization}/ownership-transfers', () => {
  const service = useEmbeddedService();
  const { api } = service;
  let made = 0;

  before(async () => {
    await createUsers(api, 'outsider');
  });

  /** Its users are called `<as><number>`. */
  const newOrganization = async (...members: readonly (readonly [as: string, role: Role])[]) => {
    const number = ++made;
    const named = (as: string) => `${as}${number}`;
    const roles = Object.fromEntries(members.map(([as, role]) => [named(as), role]));
    return { path: await createOrganization(api, `Organization ${number}`, roles), named };
  };
  const transfer = (path: string, by: ApiClient, toUsername: string): Promise<ApiResponse> =>
    by.post(`${path}/ownership-transfers`, { toUsername });
  const roles = async (path: string) => {
    const { body } = await service.reader.get(`${path}/members`);
    return Object.fromEntries(body.members?.map((m) => [m.memberUsername.replace(/\d+$/, ''), m.role]) ?? []);
  };

  for (const role of ['Admin', 'Member'] as const) {
    it(`makes ${role === 'Admin' ? 'an' : 'a'} ${role} Owner and the caller Admin`, async () => {
      const { path, named } = await newOrganization(['owner', 'Owner'], ['heir', role]);
      const before = (await api.as(named('owner')).get(path)).body.organization;
      const response = await transfer(path, api.as(named('owner')), named('heir'));
      expect(response.status, response.text).to.equal(200);
      const { updatedAt } = response.body.organization ?? {};
      expect(response.body).to.deep.equal({ organization: { ...before, version: 2, updatedAt } });
      expect(response.headers.get('ETag')).to.equal('"2"');
      expect(await roles(path)).to.deep.equal({ heir: 'Owner', owner: 'Admin' });
      for (const [as, now] of [
        ['heir', 'Owner'],
        ['owner', 'Admin'],
      ] as const) {
        const { body } = await api.as(named('owner')).get(`${path}/members/${named(as)}`);
        expect(body.membership).to.include({ role: now, version: 2 });
      }
      expect(problemOf(await api.as(named('owner')).delete(path)), 'the right is gone').to.equal(
        '403 forbidden',
      );
      expect(problemOf(await transfer(path, api.as(named('owner')), named('heir')))).to.equal(
        '403 forbidden',
      );
      expect(problemOf(await api.as(named('heir')).delete(`${path}/members/${named('heir')}`))).to.equal(
        '409 last_owner',
      );
      expect((await api.as(named('owner')).delete(`/users/${named('owner')}`)).status).to.equal(204);
    });
  }

  it('is one event, of the organization and of both users', async () => {
    const { path, named } = await newOrganization(['owner', 'Owner'], ['heir', 'Member'], ['other', 'Admin']);
    await transfer(path, api.as(named('owner')), named('heir'));
    const lastOf = async (as: string, events: string) =>
      (await api.as(named(as)).get(events)).body.events?.at(-1);
    const last = await lastOf('heir', `${path}/events`);
    expect(last).to.deep.include({
      seq: 4,
      type: 'ownership.transferred',
      actor: { type: 'user', name: named('owner') },
      changes: { owner: { from: named('owner'), to: named('heir') } },
      version: 2,
    });
    for (const as of ['owner', 'heir']) {
      expect(await lastOf(as, `/users/${named(as)}/events`)).to.deep.equal({ ...last, seq: 3 });
    }
    expect(await lastOf('other', `/users/${named('other')}/events`)).to.include({ type: 'membership.added' });
  });

  it('leaves the other Owners as they are', async () => {
    const { path, named } = await newOrganization(
      ['owner', 'Owner'],
      ['second', 'Owner'],
      ['heir', 'Member'],
    );
    expect((await transfer(path, api.as(named('owner')), named('heir'))).status).to.equal(200);
    expect(await roles(path)).to.deep.equal({ heir: 'Owner', owner: 'Admin', second: 'Owner' });
  });

  it('is for Owners alone', async () => {
    const { path, named } = await newOrganization(
      ['owner', 'Owner'],
      ['admin', 'Admin'],
      ['member', 'Member'],
    );
    for (const as of ['admin', 'member']) {
      expect(problemOf(await transfer(path, api.as(named(as)), named(as)))).to.equal('403 forbidden');
      expect(problemOf(await transfer(path, api.as(named(as)), 'nobody'))).to.equal('403 forbidden');
    }
    for (const by of [service.reader, service.writer, service.admin]) {
      expect(problemOf(await transfer(path, by, named('admin'))), 'in its own name').to.equal(
        '403 forbidden',
      );
    }
    expect(problemOf(await transfer(path, api.as('outsider'), 'outsider'))).to.equal(
      '404 organization_not_found',
    );
    expect(problemOf(await transfer(path, api, named('admin')))).to.equal('401 unauthenticated');
    expect(await roles(path)).to.deep.equal({ admin: 'Admin', member: 'Member', owner: 'Owner' });
    const acting = service.writer.with({ 'On-Behalf-Of': named('owner') });
    expect((await transfer(path, acting, named('admin'))).status, 'on behalf of the Owner').to.equal(200);
    expect(await roles(path)).to.deep.equal({ admin: 'Owner', member: 'Member', owner: 'Admin' });
  });

  it('goes to members alone, who are no Owners yet', async () => {
    const { path, named } = await newOrganization(['owner', 'Owner'], ['second', 'Owner']);
    const owner = api.as(named('owner'));
    for (const to of ['outsider', 'nobody']) {
      expect(problemOf(await transfer(path, owner, to)), to).to.equal('404 membership_not_found');
    }
    for (const as of ['owner', 'second']) {
      expect(problemOf(await transfer(path, owner, named(as))), as).to.equal('409 membership_already_exists');
    }
    expect((await owner.get(path)).body.organization?.version).to.equal(2);
  });

  it('goes to nobody who is suspended or owns 25 already', async () => {
    const { path, named } = await newOrganization(
      ['owner', 'Owner'],
      ['resting', 'Member'],
      ['mogul', 'Member'],
    );
    const owner = api.as(named('owner'));
    await service.admin.post(`/users/${named('resting')}/suspend`, {});
    expect(problemOf(await transfer(path, owner, named('resting')))).to.equal('403 user_suspended');
    for (let i = 1; i <= 25; i += 1) {
      const { status } = await api
        .as(named('mogul'))
        .post('/organizations', { organizationName: `Mogul ${i}` });
      expect(status).to.equal(201);
    }
    expect(problemOf(await transfer(path, owner, named('mogul')))).to.equal('409 too_many_organizations');
    expect(await roles(path)).to.deep.equal({ mogul: 'Member', owner: 'Owner', resting: 'Member' });
  });

  it('of two at the same moment one takes place', async () => {
    const { path, named } = await newOrganization(
      ['owner', 'Owner'],
      ['left', 'Member'],
      ['right', 'Member'],
    );
    const owner = api.as(named('owner'));
    const responses = await Promise.all([
      transfer(path, owner, named('left')),
      transfer(path, owner, named('right')),
    ]);
    expect(responses.map(({ status }) => status).sort()).to.deep.equal([200, 403]);
    expect(Object.values(await roles(path)).sort()).to.deep.equal(['Admin', 'Member', 'Owner']);
  });

  for (const [body, ...places] of [
    [{}, 'toUsername'],
    [{ toUsername: 'No body' }, 'toUsername'],
    [{ toUsername: 7 }, 'toUsername'],
    [{ toUsername: 'outsider', role: 'Owner' }, 'role'],
  ] as const) {
    it(`refuses ${JSON.stringify(body)}`, async () => {
      const response = await api.as('outsider').post('/organizations/any/ownership-transfers', body);
      expect(invalidFields(response)).to.deep.equal(places);
    });
  }
});
