import { expect } from 'chai';
import { Redis } from 'ioredis';
import { readAllItems } from '../../adapters/stores/dynamodb/legacy-items.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, startRollcall, temporaryFolder } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';

type Settings = Readonly<Record<string, string>>;

const PASSWORD = 'correct-horse-battery';
const onRedis = { STORE: 'memory', CACHE: 'redis' };
const trips = (name: string) =>
  new RegExp(`^ok {7}${name}: 20 round trips, median \\d+\\.\\d\\d ms, slowest \\d+\\.\\d\\d ms$`);

describe('rollcall doctor, with servers', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let guarded: RedisServer;
  let shedding: RedisServer;
  let dynamo: Dynoxide;
  let withoutServer: ReturnType<typeof runRollcall>;

  before(async () => {
    redis = await RedisServer.start();
    const user = ['--user', 'rollcall', 'on', `>${PASSWORD}`, '~*', '+@all'];
    guarded = await RedisServer.start([...user, '--user', 'default', 'off']);
    shedding = await RedisServer.start(['--maxmemory', '100mb', '--maxmemory-policy', 'volatile-ttl']);
    dynamo = await startDynoxide();
    // It retries for five seconds, while the other tests run.
    withoutServer = doctor({ ...onRedis, REDIS_URL: `redis://rollcall:${PASSWORD}@127.0.0.1:9` });
  });
  after(async () => {
    await endProcesses();
    await Promise.all([redis?.stop(), guarded?.stop(), shedding?.stop(), dynamo?.stop()]);
  });

  const doctor = (env: Settings, folder = temporaryFolder()) => runRollcall(['doctor'], { env, folder });
  const withCredentials = (server: RedisServer, password: string) =>
    server.url.replace('//', `//rollcall:${password}@`);

  it('reports no problem of Redis, and the round trips', async () => {
    const { exit, lines, stderr } = await doctor({ ...onRedis, REDIS_URL: redis.url });
    expect([exit, stderr], lines.join('\n')).to.deep.equal([0, '']);
    expect(lines[0]).to.match(/^ok {7}redis: version \d+\.\d+\.\d+, a primary$/);
    expect(lines[1]).to.equal('ok       redis: maxmemory-policy noeviction never evicts markers');
    expect(lines[2]).to.match(trips('store'));
    expect(lines[3]).to.match(trips('cache'));
    expect(lines.slice(4)).to.deep.equal([
      'ok       registered cache: none yet; the first instance registers its own',
      '0 problems, 0 warnings',
    ]);
  });

  it('reports a Redis that evicts markers first, with advice', async () => {
    const { exit, lines } = await doctor({ ...onRedis, REDIS_URL: shedding.url });
    expect(lines.slice(1, 3)).to.deep.equal([
      'problem  redis: maxmemory-policy volatile-ttl evicts markers first, because they have the shortest TTL',
      '         → CONFIG SET maxmemory-policy allkeys-lru (or noeviction)',
    ]);
    expect(lines.at(-1)).to.equal('1 problem, 0 warnings');
    expect(exit).to.equal(1);
  });

  it('shows no credentials, valid or not', async () => {
    const right = await doctor({ ...onRedis, REDIS_URL: withCredentials(guarded, PASSWORD) });
    expect([right.exit, right.stderr], right.stdout).to.deep.equal([0, '']);
    const wrong = await doctor({ ...onRedis, REDIS_URL: withCredentials(guarded, `not-${PASSWORD}`) });
    expect(wrong.exit).to.equal(1);
    expect(wrong.stdout).to.match(/^problem {2}Redis rejected AUTH: WRONGPASS /m);
    for (const { stdout, stderr } of [right, wrong, await withoutServer]) {
      expect(stdout + stderr).to.not.contain(PASSWORD);
    }
  });

  it('reports that Redis cannot be reached, and the cause', async () => {
    const { exit, lines, stderr } = await withoutServer;
    expect(lines.slice(0, 2)).to.deep.equal([
      'problem  Redis cannot be reached: connection refused (127.0.0.1:9)',
      '         → check REDIS_URL (host, port, rediss:// for TLS) and that the server is running',
    ]);
    expect([exit, stderr]).to.deep.equal([1, '']);
  });

  it('reports a missing table, with advice', async () => {
    const { exit, lines, stderr } = await doctor(dynamo.settings('there-is-none'));
    expect(lines.slice(0, 2)).to.deep.equal([
      'problem  dynamodb: table there-is-none does not exist',
      '         → run `rollcall provision`',
    ]);
    expect([exit, stderr]).to.deep.equal([1, '']);
  });

  it('reports that a DynamoDB endpoint cannot be reached, and the cause', async () => {
    const { exit, lines, stderr } = await doctor({
      ...dynamo.settings(),
      DYNAMODB_ENDPOINT: 'http://127.0.0.1:9',
      STORE_TIMEOUT_MS: '200',
    });
    expect(lines.slice(0, 2)).to.deep.equal([
      'problem  DynamoDB cannot be reached: connection refused (127.0.0.1:9)',
      '         → check TABLE_NAME, AWS_REGION, DYNAMODB_ENDPOINT and the AWS credentials of this process',
    ]);
    expect([exit, stderr]).to.deep.equal([1, '']);
  });

  describe('next to a running service', () => {
    let settings: Settings;

    before(async () => {
      settings = { ...dynamo.settings('shared'), CACHE: 'redis', REDIS_URL: redis.url };
      await runRollcall(['provision'], { env: settings });
      const service = await startRollcall({ env: settings });
      expect((await service.createUser('ann')).status).to.equal(201);
      expect((await service.call('GET', '/users/ann')).status).to.equal(200);
    });

    /** The contents of the table and the keys in the cache. */
    async function contents(): Promise<unknown> {
      const client = dynamo.client();
      const raw = new Redis(redis.url);
      try {
        return { items: await readAllItems(client, 'shared'), keys: (await raw.keys('*')).sort() };
      } finally {
        client.destroy();
        raw.disconnect();
      }
    }

    it('reports that the same cache is registered, and changes nothing', async () => {
      const before = await contents();
      const { exit, lines } = await doctor(settings);
      expect(lines).to.include('ok       registered cache: "redis rollcall:", the same as configured here');
      expect(exit).to.equal(0);
      expect(await contents()).to.deep.equal(before);
    });

    it('reports another registered cache, and changes nothing', async () => {
      const before = await contents();
      const others: readonly (readonly [Settings, string])[] = [
        [{ CACHE: 'none' }, 'none'],
        [{ CACHE_PREFIX: 'mine:' }, 'redis mine:'],
      ];
      for (const [other, cache] of others) {
        const { exit, lines } = await doctor({ ...settings, ...other });
        expect(lines.slice(-3)).to.deep.equal([
          `problem  registered cache: "redis rollcall:", but "${cache}" is configured here`,
          '         → configure the same cache on all instances; to change it, stop them all and run `rollcall cache adopt`',
          '1 problem, 1 warning',
        ]);
        expect(exit).to.equal(1);
      }
      expect(await contents()).to.deep.equal(before);
    });
  });
});
