import { expect } from 'chai';
import {
  ApiClient,
  createOrganization,
  createUsers,
  refusalOf,
  type WireMembership,
  wrongPlaces,
} from '../../support/api-client.ts';
import { type ComposedService, startComposedService } from '../../support/composed-service.ts';

const MEMBERS = '/organizations/big/members';

describe('lists over HTTP', () => {
  let service: ComposedService;
  let api: ApiClient;
  let zoe: ApiClient;

  before(async () => {
    service = await startComposedService();
    api = new ApiClient(service.url);
    zoe = api.as('zoe');
    const others = Array.from(
      { length: 24 },
      (_, i) => [`m${'._-'[i % 3]}${(i * 7) % 24}`, 'Member'] as const,
    );
    await createOrganization(api, 'Big', { zoe: 'Owner', ...Object.fromEntries(others) });
    for (const name of ['Zoo', 'a1', 'A-10', 'a2', 'B'])
      await zoe.post('/organizations', { organizationName: name });
    await createOrganization(api, 'Other', { other: 'Owner', another: 'Admin', third: 'Member' });
  });

  after(() => service.close());

  const walk = async (list: string, limit: number): Promise<readonly (readonly WireMembership[])[]> => {
    const pages: (readonly WireMembership[])[] = [];
    let cursor = '';
    do {
      const { status, body, text } = await zoe.get(`${list}?limit=${limit}${cursor}`);
      expect(status, text).to.equal(200);
      pages.push(body.members ?? body.memberships ?? []);
      cursor = body.nextCursor === undefined ? '' : `&cursor=${encodeURIComponent(body.nextCursor)}`;
    } while (cursor !== '' && pages.length < 100);
    return pages;
  };

  const cursorOf = async (list: string, client = zoe): Promise<string> => {
    const { body } = await client.get(`${list}?limit=1`);
    expect(body.nextCursor).to.match(/^[\w-]+$/);
    return body.nextCursor ?? '';
  };

  it('25 members come in pages of 7, each exactly once, by username', async () => {
    const pages = await walk(MEMBERS, 7);
    for (const page of pages) expect(page.length).to.be.at.most(7);
    const usernames = pages.flat().map((member) => member.memberUsername);
    expect(new Set(usernames).size).to.equal(25);
    expect(usernames).to.have.length(25);
    expect(usernames).to.deep.equal([...usernames].sort());
  });

  for (const limit of [1, 2, 24, 25, 26, 100]) {
    it(`the same members come in pages of ${limit}`, async () => {
      const { body } = await zoe.get(MEMBERS);
      expect(body).to.have.all.keys('members');
      expect((await walk(MEMBERS, limit)).flat()).to.deep.equal(body.members);
    });
  }

  it("a user's organizations come by name, each exactly once", async () => {
    const names = (await walk('/users/zoe/organizations', 2)).flat().map((one) => one.organizationName);
    expect(names).to.deep.equal(['a-10', 'a1', 'a2', 'b', 'big', 'zoo']);
  });

  it('a page has 50 where nothing is said', async () => {
    const members = Array.from({ length: 54 }, (_, i) => [`fifty${i}`, 'Member'] as const);
    await createOrganization(api, 'Fifty', { fifty: 'Owner', ...Object.fromEntries(members) });
    const { body } = await api.as('fifty').get('/organizations/fifty/members');
    expect(body.members).to.have.length(50);
    expect(body).to.have.property('nextCursor');
  });

  it('a walk goes on where it was when members come and go', async () => {
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

  it('who left is on no page', async () => {
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
      it(`${list} has no limit "${limit}"`, async () => {
        expect(wrongPlaces(await zoe.get(`${list}?limit=${limit}`))).to.deep.equal(['query.limit']);
      });
    }

    it(`${list} has one limit and one cursor`, async () => {
      const answer = await zoe.get(`${list}?limit=1&limit=2&cursor=a&cursor=b`);
      expect(wrongPlaces(answer)).to.deep.equal(['query.limit', 'query.cursor']);
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
      it(`${list} has no cursor "${cursor.slice(0, 20)}"`, async () => {
        expect(wrongPlaces(await zoe.get(`${list}?cursor=${cursor}`))).to.deep.equal(['query.cursor']);
      });
    }

    it(`a cursor of ${list} that was tampered with is refused`, async () => {
      const cursor = await cursorOf(list);
      const flip = (at: number) =>
        cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
      const middle = Math.floor(cursor.length / 2);
      const tampered = [0, 1, middle, cursor.length - 5]
        .map(flip)
        .concat(cursor.slice(1), cursor.slice(0, -4));
      for (const bad of [...tampered, `${cursor}AAAA`, cursor + cursor]) {
        expect(wrongPlaces(await zoe.get(`${list}?cursor=${bad}`)), bad).to.deep.equal(['query.cursor']);
      }
    });
  }

  it('a cursor of another list is refused', async () => {
    const other = await cursorOf('/organizations/other/members', api.as('other'));
    expect(wrongPlaces(await zoe.get(`${MEMBERS}?cursor=${other}`))).to.deep.equal(['query.cursor']);
    const organizations = await cursorOf('/users/zoe/organizations');
    expect(wrongPlaces(await zoe.get(`${MEMBERS}?cursor=${organizations}`))).to.deep.equal(['query.cursor']);
    const members = await cursorOf(MEMBERS);
    const answer = await zoe.get(`/users/zoe/organizations?cursor=${members}`);
    expect(wrongPlaces(answer)).to.deep.equal(['query.cursor']);
  });

  it('a cursor says nothing about what is in the list', async () => {
    const cursor = await cursorOf('/organizations/other/members', api.as('other'));
    for (const encoding of ['base64url', 'hex', 'utf8'] as const) {
      expect(Buffer.from(cursor, encoding).toString('latin1')).to.not.match(/other|third/);
    }
  });

  it('a cursor opens nothing to an outsider', async () => {
    const cursor = await cursorOf(MEMBERS);
    const answer = await api.as('other').get(`${MEMBERS}?cursor=${cursor}`);
    expect(refusalOf(answer)).to.equal('404 organization_not_found');
  });

  it("only one's own organizations can be listed", async () => {
    for (const username of ['other', 'nobody']) {
      expect(refusalOf(await zoe.get(`/users/${username}/organizations`)), username).to.equal(
        '403 forbidden',
      );
    }
  });

  it('who belongs nowhere has an empty list', async () => {
    await createUsers(api, 'hermit');
    const { status, body } = await api.as('hermit').get('/users/hermit/organizations');
    expect(status).to.equal(200);
    expect(body).to.deep.equal({ memberships: [] });
  });
});
