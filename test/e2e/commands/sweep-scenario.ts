import { expect } from 'chai';
import { ApiClient, createUsers } from '../../support/api-client.ts';
import { CACHES, STORES } from '../../support/backends.ts';
import { endProcesses, startRollcall } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';

const removed = (memberships: number, users: number) => [
  `ok       removed: ${memberships} orphaned memberships, 0 expired records; repaired: ${users} users`,
  '0 problems, 0 warnings',
];

/** Names that are reused before and after `rollcall sweep` runs next to the service. */
export function sweepScenario(store: string, cache: string): void {
  describe(`rollcall sweep, next to a service on ${store} × ${cache}`, function () {
    this.timeout(60_000);
    let settings: Readonly<Record<string, string>>;
    let close: () => Promise<void>;
    let api: ApiClient;

    before(async () => {
      const backends = [await STORES[store]?.(), await CACHES[cache]?.()];
      settings = Object.assign({ STORE: store, CACHE: cache }, ...backends.map((one) => one?.settings));
      close = async () => {
        for (const one of backends) await one?.close();
      };
      api = new ApiClient(await (await startRollcall({ env: settings })).url());
      await createUsers(api, 'ann', 'bob', 'cat');
      for (const organizationName of ['acme', 'early', 'late']) {
        await create('ann', organizationName);
        for (const memberUsername of ['bob', 'cat']) {
          const added = await api
            .as('ann')
            .post(`/organizations/${organizationName}/members`, { memberUsername, role: 'Member' });
          expect(added.status, added.text).to.equal(201);
        }
      }
    });
    after(async () => {
      await endProcesses();
      await close?.();
    });

    const create = async (by: string, organizationName: string): Promise<void> => {
      const { status, text } = await api.as(by).post('/organizations', { organizationName });
      expect(status, text).to.equal(201);
    };

    /** The result of a check by "cat" of each user: the role, or the reason. */
    const checkAll = async (): Promise<Readonly<Record<string, unknown>>> => {
      const pairs = ['acme', 'early', 'late'].flatMap((organization) =>
        ['ann', 'bob', 'cat'].map((username) => ({ organization, username })),
      );
      const { body, text } = await api.as('cat').post('/checks', { checks: pairs });
      const results = body.results ?? expect.fail(text);
      return Object.fromEntries(
        pairs.map(({ organization, username }, i) => [
          `${organization}/${username}`,
          results[i]?.role ?? results[i]?.reason,
        ]),
      );
    };

    const ACME = { 'acme/ann': 'Owner', 'acme/bob': 'not_member', 'acme/cat': 'Member' };
    const EARLY = { 'early/ann': 'not_member', 'early/bob': 'not_member', 'early/cat': 'Owner' };
    const LATE = { 'late/ann': 'not_member', 'late/bob': 'not_member', 'late/cat': 'Owner' };

    it('removes orphaned records once, and keeps those of new accounts with the same names', async () => {
      expect(await checkAll()).to.include({ 'acme/bob': 'Member', 'early/ann': 'Owner' });
      for (const path of ['/organizations/early', '/organizations/late'])
        expect((await api.as('ann').delete(path)).status).to.equal(204);
      expect((await api.as('bob').delete('/users/bob')).status).to.equal(204);
      await create('cat', 'early');
      await createUsers(api, 'bob');
      expect(await checkAll()).to.include({ ...ACME, ...EARLY });

      // "acme/bob", "early/ann", "early/bob", and all three of "late".
      const first = await runRollcall(['sweep'], { env: settings });
      expect([first.exit, first.lines], first.stderr).to.deep.equal([0, removed(6, 1)]);
      expect(await checkAll()).to.include({ ...ACME, ...EARLY });
      const again = await runRollcall(['sweep'], { env: settings });
      expect([again.exit, again.lines], again.stderr).to.deep.equal([0, removed(0, 0)]);
    });

    it('leaves nothing that a reused name would restore', async () => {
      await create('cat', 'late');
      expect(await checkAll()).to.deep.equal({ ...ACME, ...EARLY, ...LATE });
      for (const username of ['ann', 'bob', 'cat']) {
        const { body } = await api.as(username).get(`/users/${username}/organizations`);
        const own = Object.entries(await checkAll()).filter(
          ([pair, role]) => pair.endsWith(`/${username}`) && role !== 'not_member',
        );
        expect(body.memberships?.map((one) => `${one.organizationName}/${username}`)).to.deep.equal(
          own.map(([pair]) => pair),
        );
      }
    });
  });
}
