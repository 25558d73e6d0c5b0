import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { unique } from '../../support/accounts.ts';
import { type Dynoxide, dynamoStore, startDynoxide } from '../../support/dynoxide.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';
import { type CommandResult, runRollcall } from '../../support/run-rollcall.ts';

type Settings = Readonly<Record<string, string>>;

const STACK = /^\s+at /m;

describe('rollcall cache adopt and reset, on a shared table', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let dynamo: Dynoxide;
  let client: DynamoDBDocumentClient;
  let table: string;

  before(async () => {
    redis = await RedisServer.start();
    dynamo = await startDynoxide();
    client = dynamo.client();
  });
  beforeEach(async () => {
    table = unique('table');
    const { exit, stderr } = await run('provision', {});
    expect(exit, stderr).to.equal(0);
  });
  after(async () => {
    await endProcesses();
    client?.destroy();
    await Promise.all([redis?.stop(), dynamo?.stop()]);
  });

  const WITH_NONE: Settings = { CACHE: 'none' };
  const withRedis = (prefix: string): Settings => ({
    CACHE: 'redis',
    REDIS_URL: redis.url,
    CACHE_PREFIX: prefix,
  });
  const env = (cache: Settings) => ({ ...dynamo.settings(table), ...cache });
  const run = (command: string, cache: Settings): Promise<CommandResult> =>
    runRollcall(command.split(' '), { env: env(cache) });
  const metaOf = async () => (await dynamoStore(client, table).readMeta(performance.now() + 1000)).meta;

  /** Starts an instance, lets it serve a user, and ends it. */
  async function serveOnce(cache: Settings, status: number): Promise<void> {
    const service = await startRollcall({ env: env(cache) });
    expect((await service.createUser('ann')).status).to.equal(status);
    expect((await service.call('GET', '/health/ready')).status).to.equal(200);
    service.signal('SIGTERM');
    expect(await service.exit()).to.equal(0);
  }

  async function expectStartRejected(cache: Settings, reason: string): Promise<void> {
    const instance = new RollcallProcess({ env: { PORT: '0', NODE_NO_WARNINGS: '1', ...env(cache) } });
    expect(await instance.exit()).to.equal(2);
    expect(instance.stdout).to.equal('');
    expect(instance.stderr)
      .to.include(
        `  CACHE: "${cache['CACHE']}" cannot be used: the instances of this store use the cache ${reason} is configured here`,
      )
      .and.to.include('run `rollcall cache adopt`')
      .and.not.to.match(STACK);
  }

  it('adopt changes the cache that instances must use', async () => {
    await serveOnce(WITH_NONE, 201);
    const before = await metaOf();
    await expectStartRejected(withRedis('a:'), '"none", but "redis a:"');
    const { exit, lines, stderr } = await run('cache adopt', withRedis('a:'));
    expect(lines).to.deep.equal([
      'ok       registered cache: "redis a:", generation 2',
      '0 problems, 0 warnings',
    ]);
    expect([exit, stderr]).to.deep.equal([0, '']);
    expect(await metaOf()).to.include({ generation: 2, cache: 'redis a:' });
    expect((await metaOf())?.storeId).to.not.equal(before?.storeId);
    await expectStartRejected(WITH_NONE, '"redis a:", but "none"');
    await expectStartRejected(withRedis('b:'), '"redis a:", but "redis b:"');
    await serveOnce(withRedis('a:'), 409);
    expect(await metaOf(), 'unchanged by a start').to.include({ generation: 2 });
  });

  it('reset increments the generation and keeps the cache, whatever its own configuration', async () => {
    await serveOnce(withRedis('a:'), 201);
    const before = await metaOf();
    const { exit, lines } = await run('cache reset', WITH_NONE);
    expect(lines[0]).to.equal('ok       registered cache: "redis a:", generation 2');
    expect(exit).to.equal(0);
    expect(await metaOf()).to.include({ generation: 2, cache: 'redis a:' });
    expect((await metaOf())?.storeId).to.not.equal(before?.storeId);
    await serveOnce(withRedis('a:'), 409);
  });

  it('both work without a connection to the cache', async () => {
    const unreachable = { ...withRedis('a:'), REDIS_URL: 'redis://127.0.0.1:9' };
    for (const command of ['cache adopt', 'cache reset'])
      expect((await run(command, unreachable)).exit).to.equal(0);
    expect(await metaOf()).to.include({ generation: 2, cache: 'redis a:' });
  });

  it('both fail with one line if the table does not exist', async () => {
    table = unique('none');
    for (const command of ['cache adopt', 'cache reset']) {
      const { exit, stdout, stderr } = await run(command, WITH_NONE);
      expect(stderr).to.equal('rollcall: the DynamoDB table does not exist: run `rollcall provision`\n');
      expect([exit, stdout]).to.deep.equal([1, '']);
    }
  });
});
