import { expect } from 'chai';
import { ApiClient, createOrganization } from '../../support/api-client.ts';
import { PostgresPair } from '../../support/postgres-pair.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, type RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';
import { waitUntil } from '../../support/wait-until.ts';

describe('two instances after a PostgreSQL failover that loses an acknowledged change', function () {
  this.timeout(90_000);
  let pair: PostgresPair;
  let redis: RedisServer;
  const services: RollcallProcess[] = [];
  const clients: ApiClient[] = [];
  let env: Readonly<Record<string, string>>;

  before(async () => {
    pair = await PostgresPair.start();
    redis = await RedisServer.start();
    env = {
      STORE: 'postgres',
      CACHE: 'redis',
      DATABASE_URL: pair.url,
      REDIS_URL: redis.url,
      // Tolerates a slow test machine.
      CACHE_TIMEOUT_MS: '1000',
    };
    for (let instance = 0; instance < 2; instance += 1) {
      const service = await startRollcall({ env });
      services.push(service);
      clients.push(new ApiClient(await service.url()));
    }
  });
  after(async () => {
    await endProcesses();
    await redis?.stop();
    await pair?.stop();
  });

  it('answer from the new primary, not from the cache, and report the failover', async () => {
    const [anonymous] = clients;
    const [first, second] = clients.map((client) => client.as('ann'));
    if (anonymous === undefined || first === undefined || second === undefined)
      return expect.fail('two instances');
    const path = await createOrganization(anonymous, 'Acme', { ann: 'Owner', bob: 'Member' });
    const member = `${path}/members/bob`;
    await waitUntil('the standby has caught up', () => pair.standby.hasCaughtUp(pair.primary));
    await pair.cutReplication();
    expect((await first.delete(member)).status).to.equal(204);
    // Both now answer from the cache, in accordance with the old primary.
    for (const client of [first, second]) expect((await client.get(member)).status).to.equal(404);
    await pair.failOver();

    // All reads are cache hits: only the periodic check of the store can detect the failover.
    for (const client of [first, second]) {
      await waitUntil(
        'the answer matches the new primary',
        async () => (await client.get(member)).status === 200,
      );
    }
    expect((await second.delete(member)).status).to.equal(204);
    for (const client of [first, second]) expect((await client.get(member)).status).to.equal(404);

    for (const [index, client] of [first, second].entries()) {
      const ready = await client.get('/health/ready');
      expect(ready.status, ready.text).to.equal(200);
      expect(ready.text).to.match(/it moved from PostgreSQL system \d+, timeline 1 to .*, timeline 2;/);
      expect(`${services[index]?.stdout}${services[index]?.stderr}`).to.match(
        /"level":50.*timeline 1.*timeline 2.*served by another server/,
      );
    }
    const { lines, exit } = await runRollcall(['doctor'], { env });
    expect(lines.join('\n')).to.match(/^warning {2}.* it moved from .*timeline 1 to .*timeline 2;/m);
    expect(lines.join('\n')).to.match(/the primary of system \d+ on timeline 2;/);
    expect(exit).to.equal(0);
  });
});
