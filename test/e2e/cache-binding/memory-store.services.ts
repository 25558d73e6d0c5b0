import { expect } from 'chai';
import { createOrganization, createUsers, problemOf } from '../../support/api-client.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, temporaryFolder } from '../../support/rollcall-process.ts';
import { cachedValues, instanceOn } from './instances.ts';

describe('STORE=memory with a Redis that persists', function () {
  this.timeout(60_000);
  let redis: RedisServer;

  before(async () => {
    redis = await RedisServer.start();
  });
  after(async () => {
    await endProcesses();
    await redis?.stop();
  });

  it('returns nothing that an earlier instance cached', async () => {
    const start = () => instanceOn(redis, { folder: temporaryFolder(), env: { STORE: 'memory' } });
    const first = await start();
    const acme = await createOrganization(first.api, 'Acme', { ann: 'Owner', bob: 'Admin', cyd: 'Member' });
    for (const path of [acme, `${acme}/members/bob`, `${acme}/members/cyd`, '/users/bob', '/users/cyd']) {
      for (let time = 0; time < 2; time += 1)
        expect((await first.api.as('ann').get(path)).status).to.equal(200);
    }
    const cached = await cachedValues(redis.url);
    expect(cached, 'values of the first instance').to.have.length.of.at.least(5);
    await first.process.kill();

    const { api } = await start();
    expect(await api.as('ann').get('/users/bob').then(problemOf)).to.equal('401 unauthenticated');
    await createUsers(api, 'ann');
    const ann = api.as('ann');
    expect(await ann.get('/users/bob').then(problemOf)).to.equal('404 user_not_found');
    expect(await ann.get(acme).then(problemOf)).to.equal('404 organization_not_found');
    expect((await ann.post('/organizations', { organizationName: 'Acme' })).status).to.equal(201);
    await createUsers(api, 'bob');
    for (const name of ['bob', 'cyd']) {
      const response = await ann.get(`${acme}/members/${name}`);
      expect(problemOf(response), name).to.equal('404 membership_not_found');
    }
    expect(await api.as('bob').get(acme).then(problemOf)).to.equal('404 organization_not_found');
    expect(await api.as('cyd').get(acme).then(problemOf)).to.equal('401 unauthenticated');
    expect(await cachedValues(redis.url), 'the keys in Redis').to.include.members(cached);
  });
});
