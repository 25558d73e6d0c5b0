import { expect } from 'chai';
import { type ApiClient, type ApiResponse, problemOf } from '../../support/api-client.ts';
import { isReplay, replayedParts } from '../../support/replays.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

/** A request that changes something, for accounts of its own. */
interface Change {
  readonly by: ApiClient;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Another valid body. */
  readonly other?: object;
}

describe('Idempotency-Key on every route that writes', () => {
  const service = useEmbeddedService();
  const { api, admin } = service;

  const send = ({ by, method, path, body }: Change, key?: string): Promise<ApiResponse> => {
    const client = key === undefined ? by : by.with({ 'Idempotency-Key': key });
    if (method === 'DELETE') return client.delete(path);
    if (body === undefined) return client.send(method, path);
    return method === 'POST' ? client.post(path, body) : client.patch(path, body);
  };

  /** An organization with an Owner, an Admin and a Member, and a user outside it. */
  async function company() {
    const { path, ...members } = await service.organization({
      owner: 'Owner',
      manager: 'Admin',
      member: 'Member',
    });
    const owner = members.owner.username;
    const manager = members.manager.username;
    const member = members.member.username;
    const stranger = (await service.user()).username;
    return { owner, manager, member, stranger, path, by: members.owner };
  }
  type Company = Awaited<ReturnType<typeof company>>;

  const routes: Readonly<Record<string, (of: Company) => Change>> = {
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

  /** Everything that a change could have modified, as a service reads it. */
  async function snapshot({ path, owner, member, stranger }: Company): Promise<readonly string[]> {
    const users = [owner, member, stranger];
    const paths = [path, `${path}/members`, `${path}/events`].concat(
      users.map((name) => `/users/${name}`),
      users.map((name) => `/users/${name}/events`),
    );
    const responses = await Promise.all(paths.map((one) => admin.get(one)));
    return responses.map(({ status, text }) => (status === 200 ? text : String(status)));
  }

  for (const [route, changeOf] of Object.entries({ ...routes, ...resumes })) {
    it(`${route}: repeats the first response and changes nothing`, async () => {
      const accounts = await company();
      const change = changeOf(accounts);
      const key = `key-of-${accounts.owner}`;
      if (route in resumes) await admin.send('POST', change.path.replace(/resume$/, 'suspend'));
      const first = await send(change, key);
      expect(first.status, first.text).to.be.within(200, 204);
      expect(isReplay(first)).to.equal(false);
      const after = await snapshot(accounts);
      for (let again = 1; again <= 2; again += 1) {
        const second = await send(change, key);
        expect(replayedParts(second)).to.deep.equal(replayedParts(first));
        expect(isReplay(second)).to.equal(true);
        expect(second.headers.get('X-Request-Id')).to.not.equal(first.headers.get('X-Request-Id'));
      }
      expect(await snapshot(accounts)).to.deep.equal(after);
    });

    it(`${route}: rejects its key for another request`, async () => {
      const accounts = await company();
      const change = changeOf(accounts);
      if (route in resumes) await admin.send('POST', change.path.replace(/resume$/, 'suspend'));
      const key = `key-of-${accounts.owner}`;
      expect((await send(change, key)).status).to.be.within(200, 204);
      const after = await snapshot(accounts);
      const { other, by } = change;
      const others: Change[] = other === undefined ? [] : [{ ...change, body: other }];
      if (by === api) others.push({ ...change, body: { ...change.body, username: `x${accounts.owner}` } });
      else if (by !== admin)
        others.push({ by, method: 'POST', path: '/organizations', body: { organizationName: 'X' } });
      else others.push({ by, method: 'POST', path: `/users/${accounts.manager}/suspend` });
      for (const one of others) {
        expect(problemOf(await send(one, key))).to.equal('422 idempotency_key_reused');
      }
      expect(await snapshot(accounts)).to.deep.equal(after);
      expect(isReplay(await send(change, key))).to.equal(true);
    });
  }
});
