import { expect } from 'chai';
import { ApiClient, createUsers } from '../../support/api-client.ts';
import { PostgresServer } from '../../support/postgres-server.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, type RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';
import { waitUntil } from '../../support/wait-until.ts';

const ORGANIZATIONS = 24;
const MARKER_TTL_MS = 5000;
const MEMBER = (index: number) => `/organizations/org-${index}/members/bob`;

describe('removals at once, while the synchronous standby of PostgreSQL does not answer', function () {
  this.timeout(120_000);
  let server: PostgresServer;
  let redis: RedisServer;
  let service: RollcallProcess;
  let api: ApiClient;
  let database: string;
  const all = Array.from({ length: ORGANIZATIONS }, (_, index) => index);

  before(async () => {
    server = await PostgresServer.start({ fsync: 'off' });
    const { name, url } = await server.createStoreDatabase();
    database = name;
    redis = await RedisServer.start();
    const env = { STORE: 'postgres', CACHE: 'redis', DATABASE_URL: url, REDIS_URL: redis.url };
    service = await startRollcall({ env: { ...env, CACHE_TIMEOUT_MS: '1000' } });
    api = new ApiClient(await service.url());
    await createUsers(api, 'ann', 'bob');
    api = api.as('ann');
    for (const index of all) {
      expect((await api.post('/organizations', { organizationName: `org-${index}` })).status).to.equal(201);
      const member = { memberUsername: 'bob', role: 'Member' };
      expect((await api.post(`/organizations/org-${index}/members`, member)).status).to.equal(201);
    }
  });
  after(async () => {
    await endProcesses();
    await redis?.stop();
    await server?.stop();
  });

  const setStandby = async (name: string) => {
    await server.sql(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
    await server.sql('SELECT pg_reload_conf()');
  };
  const waiting = async () =>
    (await server.sql(`SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)).length;
  const granted = async () => {
    const answers = await Promise.all(all.map(async (index) => (await api.get(MEMBER(index))).status));
    return all.filter((index) => answers[index] === 200);
  };
  const stored = async () => {
    const rows = await server.sql(
      `SELECT organization_name AS name FROM rollcall.memberships WHERE username = 'bob' AND deleted_at IS NULL`,
      database,
    );
    const names = new Set(rows.map(({ name }) => name));
    return all.filter((index) => names.has(`org-${index}`));
  };

  it('leaves no commit waiting, and grants nothing that is removed when the standby is back', async () => {
    await granted();
    await setStandby('nobody');
    const removals = await Promise.all(all.map((index) => api.delete(MEMBER(index))));
    const codes = new Set(removals.map(({ body }) => body.code));
    expect(
      [...codes].filter((code) => code !== 'outcome_unknown' && code !== 'store_unavailable'),
    ).to.deep.equal([]);
    expect(codes).to.include('outcome_unknown');
    // Checks try to fill the cache while the markers would expire.
    const until = performance.now() + MARKER_TTL_MS + 1000;
    while (performance.now() < until) await granted();
    await waitUntil('no commit waits any longer', async () => (await waiting()) === 0);
    await setStandby('');
    expect(await granted()).to.deep.equal(await stored());
  });
});
