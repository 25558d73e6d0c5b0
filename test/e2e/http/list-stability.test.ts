import { expect } from 'chai';
import { parseSlug, parseUsername } from '../../../src/domain/names.ts';
import { membershipKey, organizationKey, userKey } from '../../../src/domain/records.ts';
import { aChange, aMembership, anOrganization, aUser, create } from '../../support/accounts.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { type EmbeddedService, startEmbeddedService } from '../../support/embedded-service.ts';
import { openSqliteFile } from '../../support/sqlite.ts';

const MEMBERS = 10_000;
const BATCH = 500;
const BIG = parseSlug('big');
const OWNER = parseUsername('zz-owner');

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
/** In the order of the list. */
const nameOf = (i: number) => parseUsername(`m${String(i).padStart(5, '0')}`);

/** An organization with an Owner and its members, who are there long before anybody lists them. */
async function fill(file: string): Promise<void> {
  const store = await openSqliteFile(file);
  const organization = anOrganization({ organizationName: BIG, foundingUser: OWNER, owners: [OWNER] });
  const owner = aUser({ username: OWNER, ownerOf: [{ name: BIG, id: organization.id }] });
  const commit = (writes: Parameters<typeof aChange>[0]) =>
    store.commit(aChange(writes), performance.now() + 5000);
  await commit([
    create(organizationKey(BIG), organization),
    create(userKey(OWNER), owner),
    create(membershipKey(BIG, OWNER), aMembership(organization, owner, { role: 'Owner' })),
  ]);
  for (let from = 0; from < MEMBERS - 1; from += BATCH) {
    const users = range(Math.min(BATCH, MEMBERS - 1 - from)).map((i) =>
      aUser({ username: nameOf(from + i) }),
    );
    await commit(
      users.flatMap((user) => [
        create(userKey(user.username), user),
        create(membershipKey(BIG, user.username), aMembership(organization, user)),
      ]),
    );
  }
  store.close();
}

describe(`a list of ${MEMBERS} members`, () => {
  let service: EmbeddedService;
  let owner: ApiClient;

  before(async () => {
    service = await startEmbeddedService(fill);
    owner = service.api.as(OWNER);
  });

  after(() => service.close());

  /** @param between is done after each page but the last */
  const walk = async (limit: number, between: (page: number) => Promise<void> = async () => {}) => {
    const usernames: string[] = [];
    let cursor = '';
    for (let page = 0; page <= MEMBERS; page += 1) {
      const { status, body, text } = await owner.get(`/organizations/big/members?limit=${limit}${cursor}`);
      expect(status, text).to.equal(200);
      for (const one of body.members ?? []) {
        expect(one).to.include({ organizationName: 'big', firstName: 'Ann', status: 'active' });
        usernames.push(one.memberUsername);
      }
      if (body.nextCursor === undefined) return usernames;
      cursor = `&cursor=${body.nextCursor}`;
      await between(page);
    }
    throw new Error('The list does not end.');
  };

  it('pages through completely, in order', async () => {
    expect(await walk(100)).to.deep.equal([...range(MEMBERS - 1).map(nameOf), OWNER]);
  });

  it('pages through completely while others come and go', async () => {
    const newcomers = range(40).map((i) => `${nameOf(i * 250)}-new`);
    await Promise.all(newcomers.map((username) => createNamed(service.api, username)));
    const gone: string[] = [];
    // On both sides of where the list is, and just there.
    const usernames = await walk(100, async (page) => {
      if (page % 2 === 1) return;
      const here = (page + 1) * 100;
      const leaving = [here - 51, here, here + 450].filter((i) => i < MEMBERS - 1).map(nameOf);
      const [joining] = newcomers.splice(page % 4 === 0 ? 0 : -1, 1);
      const changes = leaving.map(async (username) => {
        const { status } = await owner.delete(`/organizations/big/members/${username}`);
        expect(status).to.equal(204);
        gone.push(username);
      });
      if (joining !== undefined) {
        const added = await owner.post('/organizations/big/members', {
          memberUsername: joining,
          role: 'Member',
        });
        expect(added.status, added.text).to.equal(201);
      }
      await Promise.all(changes);
    });

    expect(gone.length).to.be.greaterThan(140);
    expect(usernames, 'nobody twice, and in order').to.deep.equal([...new Set(usernames)].sort());
    const left = new Set(gone);
    const stayed = range(MEMBERS - 1)
      .map(nameOf)
      .filter((username) => !left.has(username));
    const listed = new Set(usernames);
    expect(
      [...stayed, OWNER].filter((username) => !listed.has(username)),
      'everybody who stayed',
    ).to.deep.equal([]);
    const now = await walk(100);
    expect(
      now.filter((username) => left.has(username)),
      'nobody who left',
    ).to.deep.equal([]);
    expect(now.filter((username) => username.endsWith('-new'))).to.have.length(40);
  });
});

async function createNamed(api: ApiClient, username: string): Promise<void> {
  const { status, text } = await api.post('/users', { username, firstName: 'Ann', lastName: 'Newcomer' });
  expect(status, text).to.equal(201);
}
