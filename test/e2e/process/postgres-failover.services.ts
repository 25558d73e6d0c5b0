import { expect } from 'chai';
import { ApiClient, createOrganization } from '../../support/api-client.ts';
import { PostgresPair } from '../../support/postgres-pair.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, type RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';
import { waitUntil } from '../../support/wait-until.ts';

describe('two instances whose PostgreSQL fails over and loses an acknowledged change', function () {
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
      // Tests claim no speed.
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

  it('believe the new primary, not their cache, and say what happened', async () => {
    const [anonymous] = clients;
    const [first, second] = clients.map((client) => client.as('ann'));
    if (anonymous === undefined || first === undefined || second === undefined)
      return expect.fail('two instances');
    const path = await createOrganization(anonymous, 'Acme', { ann: 'Owner', bob: 'Member' });
    const member = `${path}/members/bob`;
    await waitUntil('the standby has it', () => pair.standby.hasCaughtUp(pair.primary));
    await pair.cutReplication();
    expect((await first.delete(member)).status).to.equal(204);
    // Both answer from the cache from now on, as the old primary acknowledged.
    for (const client of [first, second]) expect((await client.get(member)).status).to.equal(404);
    await pair.failOver();

    // Nothing but hits: only the regular look at the store can notice.
    for (const client of [first, second]) {
      await waitUntil('it answers as the new primary', async () => (await client.get(member)).status === 200);
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
