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

  before(async () => {
    await createOrganization(api, 'Elsewhere', { outsider: 'Owner' });
    await createOrganization(api, 'People', { owner: 'Owner', admin: 'Admin', member: 'Member' });
  });

  const owner = api.as('owner');
  /** At version 1, with "owner" as its Owner. */
  const newOrganization = async (): Promise<string> => {
    const organizationName = service.unique('Organization ');
    const { status, body } = await owner.post('/organizations', { organizationName });
    expect(status).to.equal(201);
    return `/organizations/${body.organization?.organizationName}`;
  };
  const rename = (path: string, displayName: unknown, by = owner): Promise<ApiResponse> =>
    by.patch(path, { displayName });
  const eventsOf = async (path: string) => {
    const { body } = await owner.get(`${path}/events`);
    return body.events?.map(({ type, changes, version }) => ({ type, changes, version }));
  };

  it('changes the display name and keeps the slug', async () => {
    const path = await newOrganization();
    const before = (await owner.get(path)).body.organization;
    const response = await rename(path, 'Crème & Co');
    expect(response.status).to.equal(200);
    expect(response.headers.get('ETag')).to.equal('"2"');
    const { updatedAt } = response.body.organization ?? {};
    expect(response.body).to.deep.equal({
      organization: { ...before, displayName: 'Crème & Co', version: 2, updatedAt },
    });
    expect((await owner.get(path)).body).to.deep.equal(response.body);
    expect(problemOf(await owner.get('/organizations/creme-and-co'))).to.equal('404 organization_not_found');
  });

  it('keeps the version and records no event if the name is the same', async () => {
    const path = await newOrganization();
    const before = (await owner.get(path)).body;
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

  it('accepts the display name of another organization', async () => {
    for (const path of [await newOrganization(), await newOrganization()]) {
      expect((await rename(path, 'Twins')).status).to.equal(200);
    }
  });

  it('is allowed for Owners, Admins and services with the scope admin', async () => {
    const path = '/organizations/people';
    const renameBy = (by: ApiClient) => rename(path, service.unique('Name '), by);
    expect((await renameBy(owner)).status).to.equal(200);
    expect((await renameBy(api.as('admin'))).status).to.equal(200);
    expect((await renameBy(service.admin)).status).to.equal(200);
    for (const by of [api.as('member'), service.reader, service.writer]) {
      expect(problemOf(await renameBy(by))).to.equal('403 forbidden');
    }
    expect(problemOf(await renameBy(api.as('outsider')))).to.equal('404 organization_not_found');
    expect(problemOf(await renameBy(api))).to.equal('401 unauthenticated');
    expect((await api.as('member').get(path)).body.organization?.version).to.equal(4);
  });

  it('returns 404 for an organization that does not exist', async () => {
    for (const by of [owner, service.admin]) {
      expect(problemOf(await rename('/organizations/nowhere', 'Any', by))).to.equal(
        '404 organization_not_found',
      );
    }
  });

  it('requires the version of If-Match', async () => {
    const path = await newOrganization();
    const renameIf = (tag: string, name: string) => rename(path, name, owner.with({ 'If-Match': tag }));
    expect(problemOf(await renameIf('"2"', 'Two'))).to.equal('412 version_mismatch');
    expect((await renameIf('"1"', 'One')).headers.get('ETag')).to.equal('"2"');
    expect(problemOf(await renameIf('"1"', 'One'))).to.equal('412 version_mismatch');
    expect((await owner.get(path)).body.organization).to.include({
      displayName: 'One',
      version: 2,
    });
  });

  it('increments the version compared with If-Match when the Owners change', async () => {
    const path = await newOrganization();
    await owner.post(`${path}/members`, { memberUsername: 'admin', role: 'Owner' });
    const renameIf = (tag: string) => rename(path, 'Seen', owner.with({ 'If-Match': tag }));
    expect(problemOf(await renameIf('"1"'))).to.equal('412 version_mismatch');
    expect((await renameIf('"2"')).status).to.equal(200);
  });

  for (const [body, ...fields] of [
    [{}, 'displayName'],
    [{ displayName: null }, 'displayName'],
    [{ displayName: '' }, 'displayName'],
    [{ displayName: 'x'.repeat(101) }, 'displayName'],
    [{ displayName: 'a\nb' }, 'displayName'],
    [{ displayName: 'Fine', organizationName: 'other' }, 'organizationName'],
    [{ displayName: 'Fine', status: 'suspended', owners: [] }, 'status', 'owners'],
  ] as const) {
    it(`rejects ${JSON.stringify(body).slice(0, 60)}`, async () => {
      const response = await api.as('outsider').patch('/organizations/elsewhere', body);
      expect(invalidFields(response)).to.deep.equal(fields);
    });
  }
});
