import { expect } from 'chai';
import { type ApiResponse, createOrganization, createUsers, problemOf } from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

describe('Owners over HTTP', () => {
  const service = useService();
  const { api } = service;

  const outcomes = (responses: readonly ApiResponse[]): Readonly<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (const response of responses) {
      const outcome = response.status < 400 ? String(response.status) : problemOf(response);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    return counts;
  };

  it('the last one cannot leave', async () => {
    const path = await createOrganization(api, 'One', { ann1: 'Owner', bob1: 'Admin' });
    expect(problemOf(await api.as('ann1').delete(`${path}/members/ann1`))).to.equal('409 last_owner');
    expect((await api.as('ann1').get(`${path}/members/ann1`)).body.membership?.role).to.equal('Owner');
  });

  for (const role of ['Admin', 'Member']) {
    it(`the last one cannot become ${role}`, async () => {
      const name = `last${role.toLowerCase()}`;
      const path = await createOrganization(api, name, { [name]: 'Owner' });
      const response = await api.as(name).patch(`${path}/members/${name}`, { role });
      expect(problemOf(response)).to.equal('409 last_owner');
      expect((await api.as(name).get(`${path}/members/${name}`)).body.membership).to.include({
        role: 'Owner',
        version: 1,
      });
    });
  }

  it('the last one may stay what they are', async () => {
    const path = await createOrganization(api, 'Stay', { stay: 'Owner' });
    expect((await api.as('stay').patch(`${path}/members/stay`, { role: 'Owner' })).status).to.equal(200);
  });

  it('the last but one can go, and then the other cannot', async () => {
    const path = await createOrganization(api, 'Two', { ann2: 'Owner', bob2: 'Owner' });
    expect((await api.as('ann2').delete(`${path}/members/ann2`)).status).to.equal(204);
    expect(problemOf(await api.as('bob2').delete(`${path}/members/bob2`))).to.equal('409 last_owner');
  });

  it('the founder is an Owner like any other', async () => {
    const path = await createOrganization(api, 'Coup', { founder: 'Owner', rebel: 'Owner' });
    expect((await api.as('rebel').delete(`${path}/members/founder`)).status).to.equal(204);
    expect((await api.as('rebel').get(path)).body.organization?.foundingUser).to.equal('founder');
    expect(problemOf(await api.as('founder').get(path))).to.equal('404 organization_not_found');
  });

  it('whoever is no Owner any more has lost the right with the role', async () => {
    const path = await createOrganization(api, 'Lost', { ann3: 'Owner', bob3: 'Owner' });
    await api.as('ann3').patch(`${path}/members/bob3`, { role: 'Member' });
    const response = await api.as('bob3').patch(`${path}/members/ann3`, { role: 'Member' });
    expect(problemOf(response)).to.equal('403 forbidden');
  });

  it('there are at most 100 of them, also when more are made at once', async () => {
    const path = await createOrganization(api, 'Crowd', { crowd: 'Owner' });
    const usernames = range(105).map((i) => `crowd${i}`);
    await createUsers(api, ...usernames);
    const crowd = api.as('crowd');
    const responses = await Promise.all(
      usernames.map((memberUsername) => crowd.post(`${path}/members`, { memberUsername, role: 'Owner' })),
    );
    expect(outcomes(responses)).to.deep.equal({ 201: 99, '409 too_many_owners': 6 });
    const refused = usernames[responses.findIndex(({ status }) => status === 409)] ?? '';
    await crowd.post(`${path}/members`, { memberUsername: refused, role: 'Admin' });
    const promoted = await crowd.patch(`${path}/members/${refused}`, { role: 'Owner' });
    expect(problemOf(promoted)).to.equal('409 too_many_owners');
    expect((await crowd.delete(`${path}/members/crowd`)).status).to.equal(204);
  });

  it('own at most 25 organizations, also when more are founded at once', async () => {
    await createUsers(api, 'tycoon');
    const found = (i: number) =>
      api.as('tycoon').post('/organizations', { organizationName: `Venture ${i}` });
    expect(outcomes(await Promise.all(range(30).map(found)))).to.deep.equal({
      201: 25,
      '409 too_many_organizations': 5,
    });
  });

  it('cannot be made of somebody who owns 25 already', async () => {
    await createUsers(api, 'mogul');
    for (const i of range(25)) {
      const founded = await api.as('mogul').post('/organizations', { organizationName: `Mogul ${i}` });
      expect(founded.status).to.equal(201);
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
