import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import type { Epoch } from '../../../src/ports/epoch.ts';
import { unique } from '../../support/accounts.ts';
import { type Dynoxide, dynamoStore, startDynoxide } from '../../support/dynoxide.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, startRollcall } from '../../support/rollcall-process.ts';
import { type CommandResult, runRollcall } from '../../support/run-rollcall.ts';
import { waitUntil } from '../../support/wait-until.ts';

type Settings = Readonly<Record<string, string>>;

const STACK = /^\s+at /m;

describe('rollcall cache, on a shared table', function () {
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

  it('reset runs beside instances: they go on under another token', async () => {
    const settings = { ...withRedis('a:'), PERMIT_MS: '400', MARKER_TTL_MS: '1000', STORE_TIMEOUT_MS: '500' };
    const instance = await startRollcall({ env: env(settings) });
    expect((await instance.createUser('ann')).status).to.equal(201);
    const opened = await untilOpen();
    const { exit, lines } = await run('cache reset', settings);
    expect(lines[0]).to.match(/^ok {7}epoch \d+ is closed; /);
    expect(exit).to.equal(0);
    const reopened = await untilOpen(opened?.token);
    expect(reopened?.token).not.to.equal(opened?.token);
    expect((await instance.call('GET', '/users/ann')).status).to.equal(200);
  });

  it('does not need a cache that can be reached', async () => {
    const away = { ...withRedis('a:'), REDIS_URL: 'redis://127.0.0.1:9' };
    expect((await run('cache reset', away)).exit).to.equal(0);
    expect((await metaOf())?.epoch?.state).to.equal('closed');
  });

  it('a store of a version without epochs is served, and upgraded when that is confirmed', async () => {
    const store = dynamoStore(client, table);
    const { meta, answeredBy } = await store.readMeta(performance.now() + 1000);
    const legacy = { storeId: 'old', generation: 3, cache: 'redis a:' };
    await store.replaceMeta(meta, legacy, answeredBy, performance.now() + 1000);
    const settings = { ...withRedis('a:'), PERMIT_MS: '400', MARKER_TTL_MS: '1000', STORE_TIMEOUT_MS: '500' };
    const instance = await startRollcall({ env: env(settings) });
    expect((await instance.createUser('ann')).status).to.equal(201);
    expect((await instance.call('GET', '/users/ann')).status).to.equal(200);
    expect(await metaOf()).to.deep.equal(legacy);
    expect((await run('cache upgrade --yes', settings)).exit).to.equal(0);
    const epoch = await untilOpen();
    expect(epoch?.token).to.be.a('string');
    expect((await metaOf())?.cache).to.include('requires a version of Rollcall with epochs');
    expect((await instance.call('GET', '/users/ann')).status).to.equal(200);
  });

  it('fails with one clear line on a table that does not exist', async () => {
    table = unique('none');
    const { exit, stdout, stderr } = await run('cache reset', WITH_NONE);
    expect(stderr)
      .to.match(/DynamoDB table does not exist: run `rollcall provision`/)
      .and.not.to.match(STACK);
    expect(exit).to.be.within(1, 2);
    expect(stdout).to.equal('');
  });

  async function untilOpen(oldToken?: string) {
    let epoch: Epoch | undefined;
    await waitUntil('the epoch is open', async () => {
      epoch = (await metaOf())?.epoch;
      return epoch?.state === 'open' && epoch.token !== oldToken;
    });
    return epoch;
  }
});
