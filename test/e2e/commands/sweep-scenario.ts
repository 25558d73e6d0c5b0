import { expect } from 'chai';
import { ApiClient, createUsers } from '../../support/api-client.ts';
import { CACHES, STORES } from '../../support/backends.ts';
import { endProcesses, startRollcall } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';

const removed = (memberships: number, users: number) => [
  `ok       removed: ${memberships} orphaned memberships, 0 expired records; repaired: ${users} users`,
  '0 problems, 0 warnings',
];

/** Names that are taken again, before and after `rollcall sweep` has run beside the service. */
export function sweepScenario(store: string, cache: string): void {
  describe(`rollcall sweep, beside a service on ${store} × ${cache}`, function () {
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
        await found('ann', organizationName);
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

    const found = async (by: string, organizationName: string): Promise<void> => {
      const { status, text } = await api.as(by).post('/organizations', { organizationName });
      expect(status, text).to.equal(201);
    };

    /** What "cat" is told of everybody: the role, or why there is none. */
    const standings = async (): Promise<Readonly<Record<string, unknown>>> => {
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

    it('removes what is left of who is gone, once, and spares who took their names', async () => {
      expect(await standings()).to.include({ 'acme/bob': 'Member', 'early/ann': 'Owner' });
      for (const path of ['/organizations/early', '/organizations/late'])
        expect((await api.as('ann').delete(path)).status).to.equal(204);
      expect((await api.as('bob').delete('/users/bob')).status).to.equal(204);
      await found('cat', 'early');
      await createUsers(api, 'bob');
      expect(await standings()).to.include({ ...ACME, ...EARLY });

      // "acme/bob", "early/ann", "early/bob", and all three of "late".
      const first = await runRollcall(['sweep'], { env: settings });
      expect([first.exit, first.lines], first.stderr).to.deep.equal([0, removed(6, 1)]);
      expect(await standings()).to.include({ ...ACME, ...EARLY });
      const again = await runRollcall(['sweep'], { env: settings });
      expect([again.exit, again.lines], again.stderr).to.deep.equal([0, removed(0, 0)]);
    });

    it('leaves nothing that a name taken afterwards would bring back', async () => {
      await found('cat', 'late');
      expect(await standings()).to.deep.equal({ ...ACME, ...EARLY, ...LATE });
      for (const username of ['ann', 'bob', 'cat']) {
        const { body } = await api.as(username).get(`/users/${username}/organizations`);
        const mine = Object.entries(await standings()).filter(
          ([pair, role]) => pair.endsWith(`/${username}`) && role !== 'not_member',
        );
        expect(body.memberships?.map((one) => `${one.organizationName}/${username}`)).to.deep.equal(
          mine.map(([pair]) => pair),
        );
      }
    });
  });
}
