import { expect } from 'chai';
import { createOrganization, problemOf } from '../../support/api-client.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, temporaryFolder } from '../../support/rollcall-process.ts';
import { askRedis, becomesReady, cachedValues, type Instance, instanceOn } from './instances.ts';

describe('a Redis that restarts from its dump file', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let first: Instance;
  let second: Instance;

  before(async () => {
    redis = await RedisServer.start();
    const folder = temporaryFolder();
    first = await instanceOn(redis, { folder });
    second = await instanceOn(redis, { folder });
  });
  after(async () => {
    await endProcesses();
    await redis?.stop();
  });

  it('does not restore a membership that was removed after the dump', async () => {
    const [instanceA, instanceB] = [first.api.as('ann'), second.api.as('ann')];
    const members = { ann: 'Owner', bob: 'Member', cyd: 'Admin' } as const;
    const acme = await createOrganization(first.api, 'Acme', members);
    const [bob, cyd] = [`${acme}/members/bob`, `${acme}/members/cyd`];
    for (const api of [instanceA, instanceB, instanceA]) {
      expect((await api.get(bob)).body.membership).to.include({ role: 'Member' });
      expect((await api.get(cyd)).body.membership).to.include({ role: 'Admin' });
    }
    const dumped = await askRedis(redis.url, async (raw) => {
      await raw.save();
      return raw.dbsize();
    });
    expect((await instanceA.delete(bob)).status).to.equal(204);
    expect((await instanceB.patch(cyd, { role: 'Member' })).status).to.equal(200);

    await redis.kill();
    await redis.start();
    expect(await askRedis(redis.url, (raw) => raw.dbsize()), 'restored entries').to.equal(dumped);
    const restored = await cachedValues(redis.url);
    expect(
      restored.some((key) => key.includes('bob')),
      restored.join('\n'),
    ).to.equal(true);
    await Promise.all([becomesReady(instanceA), becomesReady(instanceB)]);
    for (const api of [instanceA, instanceB, instanceA, instanceB]) {
      expect(await api.get(bob).then(problemOf)).to.equal('404 membership_not_found');
      expect(await api.as('bob').get(acme).then(problemOf)).to.equal('404 organization_not_found');
      expect((await api.get(cyd)).body.membership).to.include({ role: 'Member', version: 2 });
    }
  });
});
