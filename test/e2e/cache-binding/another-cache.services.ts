import { expect } from 'chai';
import { createOrganization, problemOf } from '../../support/api-client.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, RollcallProcess, temporaryFolder } from '../../support/rollcall-process.ts';
import { cachedValues, type Instance, instanceOn, stop } from './instances.ts';

type Settings = Readonly<Record<string, string>>;

const STACK = /^\s+at /m;

describe('instances on one store with different caches', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let folder: string;

  beforeEach(async () => {
    redis = await RedisServer.start();
    folder = temporaryFolder();
  });
  afterEach(async () => {
    await endProcesses();
    await redis?.stop();
  });

  const start = (env: Settings = {}) => instanceOn(redis, { folder, env });

  async function startError(env: Settings): Promise<string> {
    const launch = { PORT: '0', CACHE: 'redis', REDIS_URL: redis.url, ...env };
    const instance = new RollcallProcess({ folder, env: launch });
    expect(await instance.exit(), instance.stdout).to.equal(2);
    expect(instance.stdout).to.equal('');
    expect(instance.stderr).to.include('run `rollcall cache adopt`').and.not.to.match(STACK);
    return instance.stderr.split('\n')[1]?.split('. Configure')[0] ?? '';
  }

  const others: Readonly<Record<string, readonly [() => Settings, string]>> = {
    'another prefix': [() => ({ CACHE_PREFIX: 'mine:' }), 'redis mine:'],
    'another database of the same Redis': [() => ({ REDIS_URL: `${redis.url}/1` }), 'redis/1 rollcall:'],
    'no cache': [() => ({ CACHE: 'none' }), 'none'],
  };
  for (const [name, [settings, description]] of Object.entries(others)) {
    it(`cannot run together: ${name}`, async () => {
      const first = await start();
      expect(await startError(settings())).to.equal(
        `  CACHE: "${settings()['CACHE'] ?? 'redis'}" cannot be used: the instances of this store use the cache ` +
          `"redis rollcall:", but "${description}" is configured here`,
      );
      expect((await first.api.get('/health/ready')).status).to.equal(200);
    });
  }

  it('can run one after the other, each with an empty cache although its old entries still exist', async () => {
    const bobIs = ({ api }: Instance) => api.as('ann').get('/organizations/acme/members/bob');
    const first = await start({ CACHE_PREFIX: 'a:' });
    const acme = await createOrganization(first.api, 'Acme', { ann: 'Owner', bob: 'Member' });
    for (let time = 0; time < 2; time += 1) expect((await bobIs(first)).status).to.equal(200);
    await stop(first);
    const cached = await cachedValues(redis.url);
    expect(cached.some((key) => key.startsWith('a:') && key.includes('bob'))).to.equal(true);

    const second = await start({ CACHE_PREFIX: 'b:' });
    expect((await second.api.as('ann').delete(`${acme}/members/bob`)).status).to.equal(204);
    await stop(second);

    const third = await start({ CACHE_PREFIX: 'a:' });
    expect(await bobIs(third).then(problemOf)).to.equal('404 membership_not_found');
    expect(await cachedValues(redis.url)).to.include.members(cached);
  });
});
