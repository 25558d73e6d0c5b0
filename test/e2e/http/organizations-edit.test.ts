import { expect } from 'chai';
import {
  type ApiClient,
  type ApiResponse,
  createOrganization,
  invalidFields,
  problemOf,
} from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('PATCH /organizations/{organization}', () => {
  const service = useEmbeddedService();
  const { api } = service;
  let made = 0;

  before(async () => {
    await createOrganization(api, 'Elsewhere', { outsider: 'Owner' });
    await createOrganization(api, 'People', { owner: 'Owner', admin: 'Admin', member: 'Member' });
  });

  /** At version 1, with "owner" as its Owner. */
  const newOrganization = async (): Promise<string> => {
    const organizationName = `Organization ${++made}`;
    const { status, body } = await api.as('owner').post('/organizations', { organizationName });
    expect(status).to.equal(201);
    return `/organizations/${body.organization?.organizationName}`;
  };
  const rename = (path: string, displayName: unknown, by = api.as('owner')): Promise<ApiResponse> =>
    by.patch(path, { displayName });
  const eventsOf = async (path: string) =>
    (await api.as('owner').get(`${path}/events`)).body.events?.map(({ type, changes, version }) => ({
      type,
      changes,
      version,
    }));

  it('changes the name that people see; the name in paths stays', async () => {
    const path = await newOrganization();
    const before = (await api.as('owner').get(path)).body.organization;
    const response = await rename(path, 'Crème & Co');
    expect(response.status).to.equal(200);
    expect(response.headers.get('ETag')).to.equal('"2"');
    const { updatedAt } = response.body.organization ?? {};
    expect(response.body).to.deep.equal({
      organization: { ...before, displayName: 'Crème & Co', version: 2, updatedAt },
    });
    expect((await api.as('owner').get(path)).body).to.deep.equal(response.body);
    expect(problemOf(await api.as('owner').get('/organizations/creme-and-co'))).to.equal(
      '404 organization_not_found',
    );
  });

  it('the same name again keeps the version and leaves no event', async () => {
    const path = await newOrganization();
    const before = (await api.as('owner').get(path)).body;
    const response = await rename(path, before.organization?.displayName);
    expect(response.status).to.equal(200);
    expect(response.body).to.deep.equal(before);
    expect(response.headers.get('ETag')).to.equal('"1"');
    expect(await eventsOf(path)).to.have.length(1);
    await rename(path, 'New');
    expect((await eventsOf(path))?.at(-1)).to.deep.equal({
      type: 'organization.updated',
      changes: { displayName: {} },
      version: 2,
    });
  });

  it('two organizations may be called the same', async () => {
    for (const path of [await newOrganization(), await newOrganization()]) {
      expect((await rename(path, 'Twins')).status).to.equal(200);
    }
  });

  it('is for Owners, Admins and services with the scope admin', async () => {
    const path = '/organizations/people';
    const name = (by: ApiClient) => rename(path, `Name ${++made}`, by);
    expect((await name(api.as('owner'))).status).to.equal(200);
    expect((await name(api.as('admin'))).status).to.equal(200);
    expect((await name(service.admin)).status).to.equal(200);
    for (const by of [api.as('member'), service.reader, service.writer]) {
      expect(problemOf(await name(by))).to.equal('403 forbidden');
    }
    expect(problemOf(await name(api.as('outsider')))).to.equal('404 organization_not_found');
    expect(problemOf(await name(api))).to.equal('401 unauthenticated');
    expect((await api.as('member').get(path)).body.organization?.version).to.equal(4);
  });

  it('there is none to rename where there is none', async () => {
    for (const by of [api.as('owner'), service.admin]) {
      expect(problemOf(await rename('/organizations/nowhere', 'Any', by))).to.equal(
        '404 organization_not_found',
      );
    }
  });

  it('If-Match: only at that version', async () => {
    const path = await newOrganization();
    const at = (tag: string, name: string) => rename(path, name, api.as('owner').with({ 'If-Match': tag }));
    expect(problemOf(await at('"2"', 'Two'))).to.equal('412 version_mismatch');
    expect((await at('"1"', 'One')).headers.get('ETag')).to.equal('"2"');
    expect(problemOf(await at('"1"', 'One'))).to.equal('412 version_mismatch');
    expect((await api.as('owner').get(path)).body.organization).to.include({
      displayName: 'One',
      version: 2,
    });
  });

  it('If-Match also sees that the Owners have changed', async () => {
    const path = await newOrganization();
    await api.as('owner').post(`${path}/members`, { memberUsername: 'admin', role: 'Owner' });
    const at = (tag: string) => rename(path, 'Seen', api.as('owner').with({ 'If-Match': tag }));
    expect(problemOf(await at('"1"'))).to.equal('412 version_mismatch');
    expect((await at('"2"')).status).to.equal(200);
  });

  for (const [body, ...places] of [
    [{}, 'displayName'],
    [{ displayName: null }, 'displayName'],
    [{ displayName: '' }, 'displayName'],
    [{ displayName: 'x'.repeat(101) }, 'displayName'],
    [{ displayName: 'a\nb' }, 'displayName'],
    [{ displayName: 'Fine', organizationName: 'other' }, 'organizationName'],
    [{ displayName: 'Fine', status: 'suspended', owners: [] }, 'status', 'owners'],
  ] as const) {
    it(`refuses ${JSON.stringify(body).slice(0, 60)}`, async () => {
      const response = await api.as('outsider').patch('/organizations/elsewhere', body);
      expect(invalidFields(response)).to.deep.equal(places);
    });
  }
});
