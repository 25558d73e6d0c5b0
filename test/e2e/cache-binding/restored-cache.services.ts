import { expect } from 'chai';
import { createOrganization, problemOf } from '../../support/api-client.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, temporaryFolder } from '../../support/rollcall-process.ts';
import { askRedis, becomesReady, cachedValues, type Instance, instanceOn } from './instances.ts';

describe('a Redis that comes back with what its dump file holds', function () {
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

  it('grants nothing that was removed after the dump', async () => {
    const [here, there] = [first.api.as('ann'), second.api.as('ann')];
    const members = { ann: 'Owner', bob: 'Member', cyd: 'Admin' } as const;
    const acme = await createOrganization(first.api, 'Acme', members);
    const [bob, cyd] = [`${acme}/members/bob`, `${acme}/members/cyd`];
    for (const api of [here, there, here]) {
      expect((await api.get(bob)).body.membership).to.include({ role: 'Member' });
      expect((await api.get(cyd)).body.membership).to.include({ role: 'Admin' });
    }
    const dumped = await askRedis(redis.url, async (raw) => {
      await raw.save();
      return raw.dbsize();
    });
    expect((await here.delete(bob)).status).to.equal(204);
    expect((await there.patch(cyd, { role: 'Member' })).status).to.equal(200);

    await redis.kill();
    await redis.start();
    expect(await askRedis(redis.url, (raw) => raw.dbsize()), 'entries brought back').to.equal(dumped);
    const brought = await cachedValues(redis.url);
    expect(
      brought.some((key) => key.includes('bob')),
      brought.join('\n'),
    ).to.equal(true);
    await Promise.all([becomesReady(here), becomesReady(there)]);
    for (const api of [here, there, here, there]) {
      expect(await api.get(bob).then(problemOf)).to.equal('404 membership_not_found');
      expect(await api.as('bob').get(acme).then(problemOf)).to.equal('404 organization_not_found');
      expect((await api.get(cyd)).body.membership).to.include({ role: 'Member', version: 2 });
    }
  });
});
