import { expect } from 'chai';
import {
  type Answer,
  type ApiClient,
  createOrganization,
  createUsers,
  refusalOf,
} from '../../support/api-client.ts';
import { type EmbeddedService, startEmbeddedService } from '../../support/embedded-service.ts';

/** One change: who asks for what. Everything that it needs was made for it. */
interface Ask {
  readonly by: ApiClient;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Another body that would be accepted. */
  readonly other?: object;
}

describe('Idempotency-Key on every route that changes something', () => {
  let service: EmbeddedService;
  let api: ApiClient;
  let admin: ApiClient;
  let made = 0;

  before(async () => {
    service = await startEmbeddedService();
    ({ api, admin } = service);
  });

  after(() => service.close());

  const send = ({ by, method, path, body }: Ask, key?: string): Promise<Answer> => {
    const client = key === undefined ? by : by.with({ 'Idempotency-Key': key });
    if (method === 'DELETE') return client.delete(path);
    if (body === undefined) return client.send(method, path);
    return method === 'POST' ? client.post(path, body) : client.patch(path, body);
  };

  const isReplay = ({ headers }: Answer) => headers.get('Idempotency-Replayed');
  const shown = ({ status, text, headers }: Answer) => ({
    status,
    text,
    etag: headers.get('ETag'),
    location: headers.get('Location'),
  });

  /** Four users of their own and an organization: its Owner, an Admin, a Member, and somebody else. */
  async function company() {
    made += 1;
    const [owner, manager, member, stranger] = ['owner', 'manager', 'member', 'stranger'].map(
      (name) => `${name}${made}`,
    ) as [string, string, string, string];
    const path = await createOrganization(api, `Company ${made}`, {
      [owner]: 'Owner',
      [manager]: 'Admin',
      [member]: 'Member',
    });
    await createUsers(api, stranger);
    return { owner, manager, member, stranger, path, by: api.as(owner) };
  }
  type Company = Awaited<ReturnType<typeof company>>;

  const routes: Readonly<Record<string, (of: Company) => Ask>> = {
    'POST /users': ({ owner }) => ({
      by: api,
      method: 'POST',
      path: '/users',
      body: { username: `new-${owner}`, firstName: 'N', lastName: 'W' },
      other: { username: `new-${owner}`, firstName: 'N', lastName: 'W', email: `${owner}@example.org` },
    }),
    'PATCH /users/{username}': ({ by, owner }) => ({
      by,
      method: 'PATCH',
      path: `/users/${owner}`,
      body: { email: `${owner}@example.com`, firstName: 'Changed' },
      other: { email: null, firstName: 'Changed' },
    }),
    'DELETE /users/{username}': ({ stranger }) => ({
      by: admin,
      method: 'DELETE',
      path: `/users/${stranger}`,
    }),
    'POST /users/{username}/suspend': ({ member }) => ({
      by: admin,
      method: 'POST',
      path: `/users/${member}/suspend`,
    }),
    'POST /organizations': ({ by, owner }) => ({
      by,
      method: 'POST',
      path: '/organizations',
      body: { organizationName: `Of ${owner}` },
      other: { organizationName: `of ${owner}` },
    }),
    'PATCH /organizations/{organization}': ({ by, path }) => ({
      by,
      method: 'PATCH',
      path,
      body: { displayName: 'Changed' },
      other: { displayName: 'Changed too' },
    }),
    'DELETE /organizations/{organization}': ({ by, path }) => ({ by, method: 'DELETE', path }),
    'POST /organizations/{organization}/suspend': ({ path }) => ({
      by: admin,
      method: 'POST',
      path: `${path}/suspend`,
    }),
    'POST /organizations/{organization}/ownership-transfers': ({ by, path, member, manager }) => ({
      by,
      method: 'POST',
      path: `${path}/ownership-transfers`,
      body: { toUsername: member },
      other: { toUsername: manager },
    }),
    'POST /organizations/{organization}/members': ({ by, path, stranger }) => ({
      by,
      method: 'POST',
      path: `${path}/members`,
      body: { memberUsername: stranger, role: 'Member' },
      other: { memberUsername: stranger, role: 'Admin' },
    }),
    'PATCH /organizations/{organization}/members/{username}': ({ by, path, member }) => ({
      by,
      method: 'PATCH',
      path: `${path}/members/${member}`,
      body: { role: 'Owner' },
      other: { role: 'Admin' },
    }),
    'DELETE /organizations/{organization}/members/{username}': ({ by, path, member }) => ({
      by,
      method: 'DELETE',
      path: `${path}/members/${member}`,
    }),
  };
  const resumes: typeof routes = {
    'POST /users/{username}/resume': ({ member }) => ({
      by: admin,
      method: 'POST',
      path: `/users/${member}/resume`,
    }),
    'POST /organizations/{organization}/resume': ({ path }) => ({
      by: admin,
      method: 'POST',
      path: `${path}/resume`,
    }),
  };

  /** All that a change could have touched, as a service sees it. */
  async function seen({ path, owner, member, stranger }: Company): Promise<readonly string[]> {
    const users = [owner, member, stranger];
    const paths = [path, `${path}/members`, `${path}/events`].concat(
      users.map((name) => `/users/${name}`),
      users.map((name) => `/users/${name}/events`),
    );
    const answers = await Promise.all(paths.map((one) => admin.get(one)));
    return answers.map(({ status, text }) => (status === 200 ? text : String(status)));
  }

  for (const [route, ask] of Object.entries({ ...routes, ...resumes })) {
    it(`${route}: the same again gets the first answer again, and changes nothing`, async () => {
      const theirs = await company();
      const asked = ask(theirs);
      const key = `key-of-${theirs.owner}`;
      if (route in resumes) await admin.send('POST', asked.path.replace(/resume$/, 'suspend'));
      const first = await send(asked, key);
      expect(first.status, first.text).to.be.within(200, 204);
      expect(isReplay(first)).to.equal(null);
      const after = await seen(theirs);
      for (let again = 1; again <= 2; again += 1) {
        const second = await send(asked, key);
        expect(shown(second)).to.deep.equal(shown(first));
        expect(isReplay(second)).to.equal('true');
        expect(second.headers.get('X-Request-Id')).to.not.equal(first.headers.get('X-Request-Id'));
      }
      expect(await seen(theirs)).to.deep.equal(after);
    });

    it(`${route}: a key that was used for it is refused for anything else`, async () => {
      const theirs = await company();
      const asked = ask(theirs);
      if (route in resumes) await admin.send('POST', asked.path.replace(/resume$/, 'suspend'));
      const key = `key-of-${theirs.owner}`;
      expect((await send(asked, key)).status).to.be.within(200, 204);
      const after = await seen(theirs);
      const { other, by } = asked;
      const others: Ask[] = other === undefined ? [] : [{ ...asked, body: other }];
      if (by === api) others.push({ ...asked, body: { ...asked.body, username: `x${theirs.owner}` } });
      else if (by !== admin)
        others.push({ by, method: 'POST', path: '/organizations', body: { organizationName: 'X' } });
      else others.push({ by, method: 'POST', path: `/users/${theirs.manager}/suspend` });
      for (const one of others) {
        expect(refusalOf(await send(one, key))).to.equal('422 idempotency_key_reused');
      }
      expect(await seen(theirs)).to.deep.equal(after);
      expect(isReplay(await send(asked, key))).to.equal('true');
    });
  }
});
