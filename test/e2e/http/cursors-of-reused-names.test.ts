import { expect } from 'chai';
import { type ApiClient, createUsers, invalidFields, problemOf } from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

/** Each has two entries or more. */
const LISTS = [
  '/organizations/acme/members',
  '/organizations/acme/events',
  '/users/ann/organizations',
  '/users/ann/events',
] as const;

/** "ann" with her organizations "acme", which has the member "bob", and "other". */
async function createAccounts(api: ApiClient): Promise<void> {
  await createUsers(api, 'ann');
  for (const organizationName of ['acme', 'other'])
    expect((await api.as('ann').post('/organizations', { organizationName })).status).to.equal(201);
  const bob = { memberUsername: 'bob', role: 'Member' };
  expect((await api.as('ann').post('/organizations/acme/members', bob)).status).to.equal(201);
}

async function deleteAccounts(admin: ApiClient): Promise<void> {
  for (const path of ['/organizations/acme', '/organizations/other', '/users/ann'])
    expect((await admin.delete(path)).status).to.equal(204);
}

describe('cursors of lists of a name that is reused', () => {
  const { api, reader, admin } = useEmbeddedService();
  const cursors = new Map<string, string>();

  before(async () => {
    await createUsers(api, 'bob');
    await createAccounts(api);
    for (const list of LISTS) {
      const { body } = await reader.get(`${list}?limit=1`);
      cursors.set(list, body.nextCursor ?? expect.fail(`${list} has one page`));
    }
  });

  const nextPage = (list: string) => reader.get(`${list}?cursor=${cursors.get(list)}`);

  it('continue the list while the name belongs to the same resource', async () => {
    for (const list of LISTS) expect((await nextPage(list)).status, list).to.equal(200);
  });

  it('return 404 after the resource was deleted', async () => {
    await deleteAccounts(admin);
    for (const list of LISTS)
      expect(problemOf(await nextPage(list)), list).to.match(/^404 (user|organization)_not_found$/);
  });

  it('are rejected for the list of a new resource of the same name', async () => {
    await createAccounts(api);
    for (const list of LISTS) {
      expect(invalidFields(await nextPage(list)), list).to.deep.equal(['query.cursor']);
      expect((await reader.get(`${list}?limit=1`)).body.nextCursor).to.be.a('string');
    }
  });

  it('disclose nothing to callers without access to the new resource', async () => {
    await createUsers(api, 'eve');
    const responses = LISTS.map((list) => api.as('eve').get(`${list}?cursor=${cursors.get(list)}`));
    expect((await Promise.all(responses)).map(problemOf)).to.deep.equal([
      '404 organization_not_found',
      '404 organization_not_found',
      '403 forbidden',
      '403 forbidden',
    ]);
  });
});
