import { expect } from 'chai';
import {
  type ApiResponse,
  createOrganization,
  createUsers,
  outcomeOf,
  problemOf,
} from '../../support/api-client.ts';
import { times } from '../../support/range.ts';
import { useService } from '../../support/use-service.ts';

describe('Owners', () => {
  const service = useService();
  const { api } = service;

  const countOutcomes = (responses: readonly ApiResponse[]): Readonly<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (const outcome of responses.map(outcomeOf)) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  };

  it('cannot leave as the last one', async () => {
    const { path, owner } = await service.organization({ owner: 'Owner', admin: 'Admin' });
    const membership = `${path}/members/${owner.username}`;
    expect(problemOf(await owner.delete(membership))).to.equal('409 last_owner');
    expect((await owner.get(membership)).body.membership?.role).to.equal('Owner');
  });

  for (const role of ['Admin', 'Member']) {
    it(`cannot become ${role} as the last one`, async () => {
      const { path, owner } = await service.organization({ owner: 'Owner' });
      const membership = `${path}/members/${owner.username}`;
      const response = await owner.patch(membership, { role });
      expect(problemOf(response)).to.equal('409 last_owner');
      expect((await owner.get(membership)).body.membership).to.include({
        role: 'Owner',
        version: 1,
      });
    });
  }

  it('can be set to Owner as the last one', async () => {
    const { path, owner } = await service.organization({ owner: 'Owner' });
    const response = await owner.patch(`${path}/members/${owner.username}`, { role: 'Owner' });
    expect(response.status).to.equal(200);
  });

  it('can leave while there is another one, who then cannot', async () => {
    const { path, ann, bob } = await service.organization({ ann: 'Owner', bob: 'Owner' });
    expect((await ann.delete(`${path}/members/${ann.username}`)).status).to.equal(204);
    expect(problemOf(await bob.delete(`${path}/members/${bob.username}`))).to.equal('409 last_owner');
  });

  it('can remove the user who created the organization', async () => {
    const { path, creator, other } = await service.organization({ creator: 'Owner', other: 'Owner' });
    expect((await other.delete(`${path}/members/${creator.username}`)).status).to.equal(204);
    expect((await other.get(path)).body.organization?.foundingUser).to.equal(creator.username);
    expect(problemOf(await creator.get(path))).to.equal('404 organization_not_found');
  });

  it('lose the rights of an Owner with the role', async () => {
    const { path, ann, bob } = await service.organization({ ann: 'Owner', bob: 'Owner' });
    await ann.patch(`${path}/members/${bob.username}`, { role: 'Member' });
    const response = await bob.patch(`${path}/members/${ann.username}`, { role: 'Member' });
    expect(problemOf(response)).to.equal('403 forbidden');
  });

  it('number 100 at most, also if more are added at once', async () => {
    const { path, owner } = await service.organization({ owner: 'Owner' });
    const usernames = times(105, (i) => `candidate${i}`);
    await createUsers(api, ...usernames);
    const responses = await Promise.all(
      usernames.map((memberUsername) => owner.post(`${path}/members`, { memberUsername, role: 'Owner' })),
    );
    expect(countOutcomes(responses)).to.deep.equal({ 201: 99, '409 too_many_owners': 6 });
    const rejected = usernames[responses.findIndex(({ status }) => status === 409)] ?? '';
    await owner.post(`${path}/members`, { memberUsername: rejected, role: 'Admin' });
    const promoted = await owner.patch(`${path}/members/${rejected}`, { role: 'Owner' });
    expect(problemOf(promoted)).to.equal('409 too_many_owners');
    expect((await owner.delete(`${path}/members/${owner.username}`)).status).to.equal(204);
  });

  it('own 25 organizations at most, also if more are created at once', async () => {
    await createUsers(api, 'tycoon');
    const create = (i: number) =>
      api.as('tycoon').post('/organizations', { organizationName: `Venture ${i}` });
    expect(countOutcomes(await Promise.all(times(30, create)))).to.deep.equal({
      201: 25,
      '409 too_many_organizations': 5,
    });
  });

  it('cannot be users who own 25 organizations already', async () => {
    await createUsers(api, 'mogul');
    for (let i = 1; i <= 25; i += 1) {
      const created = await api.as('mogul').post('/organizations', { organizationName: `Mogul ${i}` });
      expect(created.status).to.equal(201);
    }
    const path = await createOrganization(api, 'Another', { another: 'Owner' });
    const add = (role: string) =>
      api.as('another').post(`${path}/members`, { memberUsername: 'mogul', role });
    expect(problemOf(await add('Owner'))).to.equal('409 too_many_organizations');
    expect((await add('Admin')).status).to.equal(201);
    const promoted = await api.as('another').patch(`${path}/members/mogul`, { role: 'Owner' });
    expect(problemOf(promoted)).to.equal('409 too_many_organizations');
  });
});
