import { expect } from 'chai';
import {
  createOrganization,
  createUsers,
  invalidFields,
  problemOf,
  type WireMembership,
} from '../../support/api-client.ts';
import { pages } from '../../support/pages.ts';
import { times } from '../../support/range.ts';
import { useService } from '../../support/use-service.ts';

const MEMBERS = '/organizations/big/members';

describe('lists', () => {
  const service = useService();
  const { api } = service;
  const zoe = api.as('zoe');

  before(async () => {
    const others = times(24, (i) => [`m${'._-'[i % 3]}${(i * 7) % 24}`, 'Member'] as const);
    await createOrganization(api, 'Big', { zoe: 'Owner', ...Object.fromEntries(others) });
    for (const name of ['Zoo', 'a1', 'A-10', 'a2', 'B'])
      await zoe.post('/organizations', { organizationName: name });
    await createOrganization(api, 'Other', { other: 'Owner', another: 'Admin', third: 'Member' });
  });

  const pagesOf = async (list: string, limit: number): Promise<readonly (readonly WireMembership[])[]> => {
    const all: (readonly WireMembership[])[] = [];
    for await (const { body } of pages(zoe, list, limit)) all.push(body.members ?? body.memberships ?? []);
    return all;
  };

  const cursorOf = async (list: string, client = zoe): Promise<string> => {
    const { body } = await client.get(`${list}?limit=1`);
    expect(body.nextCursor).to.match(/^[\w-]+$/);
    return body.nextCursor ?? '';
  };

  it('return 25 members in pages of 7, each once, ordered by username', async () => {
    const pagesOfSeven = await pagesOf(MEMBERS, 7);
    for (const page of pagesOfSeven) expect(page.length).to.be.at.most(7);
    const usernames = pagesOfSeven.flat().map((member) => member.memberUsername);
    expect(new Set(usernames).size).to.equal(25);
    expect(usernames).to.have.length(25);
    expect(usernames).to.deep.equal([...usernames].sort());
  });

  for (const limit of [1, 2, 24, 25, 26, 100]) {
    it(`return the same members in pages of ${limit}`, async () => {
      const { body } = await zoe.get(MEMBERS);
      expect(body).to.have.all.keys('members');
      expect((await pagesOf(MEMBERS, limit)).flat()).to.deep.equal(body.members);
    });
  }

  it("return a user's organizations once each, ordered by name", async () => {
    const names = (await pagesOf('/users/zoe/organizations', 2)).flat().map((one) => one.organizationName);
    expect(names).to.deep.equal(['a-10', 'a1', 'a2', 'b', 'big', 'zoo']);
  });

  it('have 50 entries per page by default', async () => {
    const members = times(54, (i) => [`fifty${i}`, 'Member'] as const);
    await createOrganization(api, 'Fifty', { fifty: 'Owner', ...Object.fromEntries(members) });
    const { body } = await api.as('fifty').get('/organizations/fifty/members');
    expect(body.members).to.have.length(50);
    expect(body).to.have.property('nextCursor');
  });

  it('continue after the last entry while members join and leave', async () => {
    const path = await createOrganization(api, 'Moving', {
      mm: 'Owner',
      ma: 'Member',
      mb: 'Member',
      mz: 'Member',
    });
    await createUsers(api, 'mab', 'my');
    const mm = api.as('mm');
    const first = await mm.get(`${path}/members?limit=2`);
    await mm.delete(`${path}/members/mb`);
    await mm.post(`${path}/members`, { memberUsername: 'mab', role: 'Member' });
    await mm.post(`${path}/members`, { memberUsername: 'my', role: 'Member' });
    const rest = await mm.get(`${path}/members?cursor=${first.body.nextCursor}`);
    expect(first.body.members?.map((m) => m.memberUsername)).to.deep.equal(['ma', 'mb']);
    expect(rest.body.members?.map((m) => m.memberUsername)).to.deep.equal(['mm', 'my', 'mz']);
  });

  it('do not include former members', async () => {
    const path = await createOrganization(api, 'Leaving', { la: 'Owner', lb: 'Member' });
    await api.as('lb').delete(`${path}/members/lb`);
    const { body } = await api.as('la').get(`${path}/members`);
    expect(body.members?.map((m) => m.memberUsername)).to.deep.equal(['la']);
  });

  for (const list of [MEMBERS, '/users/zoe/organizations']) {
    for (const limit of [
      '0',
      '101',
      '-1',
      '1.5',
      '1e1',
      'abc',
      '',
      '%205',
      '0x10',
      '+5',
      '٣',
      '9'.repeat(40),
    ]) {
      it(`${list} rejects limit="${limit}"`, async () => {
        expect(invalidFields(await zoe.get(`${list}?limit=${limit}`))).to.deep.equal(['query.limit']);
      });
    }

    it(`${list} rejects repeated limits and cursors`, async () => {
      const response = await zoe.get(`${list}?limit=1&limit=2&cursor=a&cursor=b`);
      expect(invalidFields(response)).to.deep.equal(['query.limit', 'query.cursor']);
    });

    for (const cursor of [
      '',
      'a',
      'nonsense',
      'AAAA',
      '%00',
      '0',
      'null',
      'a'.repeat(8000),
      'm.1',
      '../..',
    ]) {
      it(`${list} rejects cursor="${cursor.slice(0, 20)}"`, async () => {
        expect(invalidFields(await zoe.get(`${list}?cursor=${cursor}`))).to.deep.equal(['query.cursor']);
      });
    }

    it(`${list} rejects a cursor that was tampered with`, async () => {
      const cursor = await cursorOf(list);
      const flip = (at: number) =>
        cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
      const middle = Math.floor(cursor.length / 2);
      const tampered = [0, 1, middle, cursor.length - 5]
        .map(flip)
        .concat(cursor.slice(1), cursor.slice(0, -4));
      for (const bad of [...tampered, `${cursor}AAAA`, cursor + cursor]) {
        expect(invalidFields(await zoe.get(`${list}?cursor=${bad}`)), bad).to.deep.equal(['query.cursor']);
      }
    });
  }

  it('reject a cursor of another list', async () => {
    const other = await cursorOf('/organizations/other/members', api.as('other'));
    expect(invalidFields(await zoe.get(`${MEMBERS}?cursor=${other}`))).to.deep.equal(['query.cursor']);
    const organizations = await cursorOf('/users/zoe/organizations');
    expect(invalidFields(await zoe.get(`${MEMBERS}?cursor=${organizations}`))).to.deep.equal([
      'query.cursor',
    ]);
    const members = await cursorOf(MEMBERS);
    const response = await zoe.get(`/users/zoe/organizations?cursor=${members}`);
    expect(invalidFields(response)).to.deep.equal(['query.cursor']);
  });

  it('have cursors that do not disclose entries', async () => {
    const cursor = await cursorOf('/organizations/other/members', api.as('other'));
    for (const encoding of ['base64url', 'hex', 'utf8'] as const) {
      expect(Buffer.from(cursor, encoding).toString('latin1')).to.not.match(/other|third/);
    }
  });

  it('reject an outsider, even with a cursor', async () => {
    const cursor = await cursorOf(MEMBERS);
    const response = await api.as('other').get(`${MEMBERS}?cursor=${cursor}`);
    expect(problemOf(response)).to.equal('404 organization_not_found');
  });

  it("reject a request for another user's organizations", async () => {
    for (const username of ['other', 'nobody']) {
      expect(problemOf(await zoe.get(`/users/${username}/organizations`)), username).to.equal(
        '403 forbidden',
      );
    }
  });

  it('are empty for a user without memberships', async () => {
    await createUsers(api, 'hermit');
    const { status, body } = await api.as('hermit').get('/users/hermit/organizations');
    expect(status).to.equal(200);
    expect(body).to.deep.equal({ memberships: [] });
  });
});
