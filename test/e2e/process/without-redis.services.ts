import { expect } from 'chai';
import { ApiClient, createOrganization, problemOf } from '../../support/api-client.ts';
import { RedisServer } from '../../support/redis-server.ts';
import {
  endProcesses,
  type RollcallProcess,
  startRollcall,
  temporaryFolder,
} from '../../support/rollcall-process.ts';
import { waitUntil } from '../../support/wait-until.ts';

const UNAVAILABLE = /^Redis (cannot be reached|closed the connection)|^the connection to Redis was lost/;

describe('a service whose Redis is unavailable', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let service: RollcallProcess;
  let api: ApiClient;
  let acme: string;

  before(async () => {
    redis = await RedisServer.start();
    const launch = { folder: temporaryFolder(), env: { CACHE: 'redis', REDIS_URL: redis.url } };
    const earlier = await startRollcall(launch);
    const members = { ann: 'Owner', bob: 'Member' } as const;
    acme = await createOrganization(new ApiClient(await earlier.url()), 'Acme', members);
    earlier.signal('SIGTERM');
    expect(await earlier.exit()).to.equal(0);
    await redis.kill();
    service = await startRollcall(launch);
    api = new ApiClient(await service.url()).as('ann');
  });
  after(async () => {
    await endProcesses();
    await redis?.stop();
  });

  const becomesReady = () =>
    waitUntil('it is ready', async () => (await api.get('/health/ready')).status === 200);
  const bob = () => api.get(`${acme}/members/bob`);

  /** Reads succeed, writes are rejected and have no effect. */
  async function expectReadsOnly(): Promise<void> {
    expect((await api.get('/health/live')).status).to.equal(200);
    const health = await api.get('/health/ready');
    expect(health.status).to.equal(503);
    const { cache, ...rest } = JSON.parse(health.text);
    expect(rest).to.deep.equal({ status: 'unready', store: { status: 'up' } });
    expect(cache.status).to.equal('down');
    expect(cache.reason).to.match(UNAVAILABLE);

    expect((await bob()).body.membership).to.include({ role: 'Member' });
    expect((await api.get(`${acme}/members`)).body.members).to.have.length(2);
    expect((await api.get('/users/bob')).status).to.equal(200);
    expect(await api.delete(`${acme}/members/bob`).then(problemOf)).to.equal('503 cache_unavailable');
    const cyd = { username: 'cyd', firstName: 'Cyd', lastName: 'Coe' };
    expect(await api.post('/users', cyd).then(problemOf)).to.equal('503 cache_unavailable');
    expect((await bob()).body.membership).to.include({ role: 'Member', version: 1 });
    expect(await api.get('/users/cyd').then(problemOf)).to.equal('404 user_not_found');
  }

  it('starts and reports that it is not ready, with the reason', async () => {
    const port = redis.port;
    await service.line(/^not ready: /);
    expect(service.lines.slice(-2)).to.deep.equal([
      `rollcall listening on ${await service.url()}`,
      `not ready: the cache is unavailable: Redis cannot be reached: connection refused (127.0.0.1:${port}). Retrying until it is available.`,
    ]);
  });

  it('answers reads from the store, rejects writes, and is not ready', expectReadsOnly);

  it('recovers without a restart when Redis is available', async () => {
    await redis.start();
    await becomesReady();
    const promoted = await api.patch(`${acme}/members/bob`, { role: 'Admin' });
    expect(promoted.status, promoted.text).to.equal(200);
    expect((await bob()).body.membership).to.include({ role: 'Admin' });
    const demoted = await api.patch(`${acme}/members/bob`, { role: 'Member' });
    expect(demoted.status, demoted.text).to.equal(200);
  });

  it('handles a second outage in the same way', async () => {
    await redis.kill();
    await waitUntil('it is not ready', async () => (await api.get('/health/ready')).status === 503);
    expect((await bob()).body.membership).to.include({ role: 'Member' });
    expect(await api.delete(`${acme}/members/bob`).then(problemOf)).to.equal('503 cache_unavailable');
    await redis.start();
    await becomesReady();
    expect((await api.delete(`${acme}/members/bob`)).status).to.equal(204);
    expect(await bob().then(problemOf)).to.equal('404 membership_not_found');
  });

  it('was the same process all the time, and stops cleanly', async () => {
    service.signal('SIGTERM');
    expect(await service.exit()).to.equal(0);
  });
});
