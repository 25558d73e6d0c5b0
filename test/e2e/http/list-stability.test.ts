import { expect } from 'chai';
import { parseSlug, parseUsername } from '../../../src/domain/names.ts';
import { membershipKey, organizationKey, userKey } from '../../../src/domain/records.ts';
import { aChange, aMembership, anOrganization, aUser, create } from '../../support/accounts.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { pages } from '../../support/pages.ts';
import { times } from '../../support/range.ts';
import { openSqliteFile } from '../../support/sqlite.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

const MEMBERS = 10_000;
const BATCH = 500;
const BIG = parseSlug('big');
const OWNER = parseUsername('zz-owner');

/** The username at this position of the list. */
const nameOf = (i: number) => parseUsername(`m${String(i).padStart(5, '0')}`);

/** Creates the organization with its Owner and its members. */
async function createMembers(file: string): Promise<void> {
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
    const users = times(Math.min(BATCH, MEMBERS - 1 - from), (i) => aUser({ username: nameOf(from + i) }));
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
  const service = useEmbeddedService(createMembers);
  const { api } = service;
  const owner = api.as(OWNER);

  /** @param between runs after each page but the last */
  const allUsernames = async (limit: number, between: (page: number) => Promise<void> = async () => {}) => {
    const usernames: string[] = [];
    let page = 0;
    for await (const { body } of pages(owner, '/organizations/big/members', limit)) {
      for (const member of body.members ?? []) {
        expect(member).to.include({ organizationName: 'big', firstName: 'Ann', status: 'active' });
        usernames.push(member.memberUsername);
      }
      if (body.nextCursor !== undefined) await between(page);
      page += 1;
    }
    return usernames;
  };

  it('is returned completely and in order', async () => {
    expect(await allUsernames(100)).to.deep.equal([...times(MEMBERS - 1, nameOf), OWNER]);
  });

  it('is returned completely while members join and leave', async () => {
    const newcomers = times(40, (i) => `${nameOf(i * 250)}-new`);
    await Promise.all(newcomers.map((username) => createNamed(service.api, username)));
    const removed: string[] = [];
    // Members leave before, at and after the current position.
    const usernames = await allUsernames(100, async (page) => {
      if (page % 2 === 1) return;
      const position = (page + 1) * 100;
      const leaving = [position - 51, position, position + 450].filter((i) => i < MEMBERS - 1).map(nameOf);
      const [joining] = newcomers.splice(page % 4 === 0 ? 0 : -1, 1);
      const changes = leaving.map(async (username) => {
        const { status } = await owner.delete(`/organizations/big/members/${username}`);
        expect(status).to.equal(204);
        removed.push(username);
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

    expect(removed.length).to.be.greaterThan(140);
    expect(usernames, 'no duplicates, in order').to.deep.equal([...new Set(usernames)].sort());
    const left = new Set(removed);
    const stayed = times(MEMBERS - 1, nameOf).filter((username) => !left.has(username));
    const listed = new Set(usernames);
    expect(
      [...stayed, OWNER].filter((username) => !listed.has(username)),
      'members who stayed but are missing',
    ).to.deep.equal([]);
    const usernamesAfterwards = await allUsernames(100);
    expect(
      usernamesAfterwards.filter((username) => left.has(username)),
      'members who left but are listed',
    ).to.deep.equal([]);
    expect(usernamesAfterwards.filter((username) => username.endsWith('-new'))).to.have.length(40);
  });
});

async function createNamed(api: ApiClient, username: string): Promise<void> {
  const { status, text } = await api.post('/users', { username, firstName: 'Ann', lastName: 'Newcomer' });
  expect(status, text).to.equal(201);
}
