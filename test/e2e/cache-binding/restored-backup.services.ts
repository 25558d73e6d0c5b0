import { cpSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { createOrganization, createUsers, problemOf } from '../../support/api-client.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, temporaryFolder } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';
import { cachedValues, type Instance, instanceOn, stop } from './instances.ts';

describe('a SQLite database restored from an older copy, with a Redis cache', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let folder: string;
  let copy: string;
  let acme: string;

  beforeEach(async () => {
    redis = await RedisServer.start();
    [folder, copy] = [temporaryFolder(), temporaryFolder()];
    const service = await start();
    acme = await createOrganization(service.api, 'Acme', { ann: 'Owner', bob: 'Member' });
    await stop(service);
    cpSync(`${folder}/data`, `${copy}/data`, { recursive: true });
  });
  afterEach(async () => {
    await endProcesses();
    await redis?.stop();
  });

  const start = () => instanceOn(redis, { folder });

  /** Makes changes after the copy and caches them. */
  async function changeAndRead({ api }: Instance): Promise<void> {
    const ann = api.as('ann');
    await createUsers(api, 'cyd');
    const cyd = { memberUsername: 'cyd', role: 'Admin' };
    expect((await ann.post(`${acme}/members`, cyd)).status).to.equal(201);
    expect((await ann.patch(`${acme}/members/bob`, { role: 'Owner' })).status).to.equal(200);
    for (const path of [acme, `${acme}/members/bob`, `${acme}/members/cyd`, '/users/bob', '/users/cyd']) {
      for (let time = 0; time < 2; time += 1) expect((await ann.get(path)).status, path).to.equal(200);
    }
    expect(await cachedValues(redis.url)).to.have.length.of.at.least(5);
  }

  async function restoreAndReset(): Promise<void> {
    rmSync(`${folder}/data`, { recursive: true });
    cpSync(`${copy}/data`, `${folder}/data`, { recursive: true });
    const env = { CACHE: 'redis', REDIS_URL: redis.url };
    expect((await runRollcall(['cache', 'reset'], { folder, env })).exit).to.equal(0);
  }

  async function expectCopiedState({ api }: Instance): Promise<void> {
    const ann = api.as('ann');
    expect((await ann.get(`${acme}/members/bob`)).body.membership).to.include({ role: 'Member', version: 1 });
    expect((await api.as('bob').patch(`${acme}/members/ann`, { role: 'Member' })).status).to.equal(403);
    expect(await ann.get('/users/cyd').then(problemOf)).to.equal('404 user_not_found');
    expect(await ann.get(`${acme}/members/cyd`).then(problemOf)).to.equal('404 membership_not_found');
    expect(await api.as('cyd').get(acme).then(problemOf)).to.equal('401 unauthenticated');
  }

  it('returns nothing that was cached after the copy, once the cache was reset', async () => {
    const before = await start();
    await changeAndRead(before);
    await stop(before);
    await restoreAndReset();
    await expectCopiedState(await start());
  });

  it('returns nothing that was cached after the copy, also if it is restored a second time', async () => {
    for (let time = 1; time <= 2; time += 1) {
      await restoreAndReset();
      const service = await start();
      await expectCopiedState(service);
      await changeAndRead(service);
      await stop(service);
    }
  });
});
