import { expect } from 'chai';
import { type ApiClient, createUsers, refusalOf, wrongPlaces } from '../../support/api-client.ts';
import { type EmbeddedService, startEmbeddedService } from '../../support/embedded-service.ts';

/** Each has two entries at least. */
const LISTS = [
  '/organizations/acme/members',
  '/organizations/acme/events',
  '/users/ann/organizations',
  '/users/ann/events',
] as const;

/** "ann", who owns "acme", in which "bob" is, and another organization. */
async function found(api: ApiClient): Promise<void> {
  await createUsers(api, 'ann');
  for (const organizationName of ['acme', 'other'])
    expect((await api.as('ann').post('/organizations', { organizationName })).status).to.equal(201);
  const bob = { memberUsername: 'bob', role: 'Member' };
  expect((await api.as('ann').post('/organizations/acme/members', bob)).status).to.equal(201);
}

async function end({ admin }: EmbeddedService): Promise<void> {
  for (const path of ['/organizations/acme', '/organizations/other', '/users/ann'])
    expect((await admin.delete(path)).status).to.equal(204);
}

describe('cursors of lists whose name is taken again by others', () => {
  let service: EmbeddedService;
  const cursors = new Map<string, string>();

  before(async () => {
    service = await startEmbeddedService();
    await createUsers(service.api, 'bob');
    await found(service.api);
    for (const list of LISTS) {
      const { body } = await service.reader.get(`${list}?limit=1`);
      cursors.set(list, body.nextCursor ?? expect.fail(`${list} has one page`));
    }
  });

  after(() => service.close());

  const goOn = (list: string) => service.reader.get(`${list}?cursor=${cursors.get(list)}`);

  it('go on while it is the same one', async () => {
    for (const list of LISTS) expect((await goOn(list)).status, list).to.equal(200);
  });

  it('lead nowhere when it is gone', async () => {
    await end(service);
    for (const list of LISTS)
      expect(refusalOf(await goOn(list)), list).to.match(/^404 (user|organization)_not_found$/);
  });

  it('do not go on in the list of another', async () => {
    await found(service.api);
    for (const list of LISTS) {
      expect(wrongPlaces(await goOn(list)), list).to.deep.equal(['query.cursor']);
      expect((await service.reader.get(`${list}?limit=1`)).body.nextCursor).to.be.a('string');
    }
  });

  it('say nothing to whoever may not read the list of the other', async () => {
    await createUsers(service.api, 'eve');
    const answers = LISTS.map((list) => service.api.as('eve').get(`${list}?cursor=${cursors.get(list)}`));
    expect((await Promise.all(answers)).map(refusalOf)).to.deep.equal([
      '404 organization_not_found',
      '404 organization_not_found',
      '403 forbidden',
      '403 forbidden',
    ]);
  });
});
