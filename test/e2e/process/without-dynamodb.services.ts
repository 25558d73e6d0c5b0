import { expect } from 'chai';
import { ApiClient, problemOf } from '../../support/api-client.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { endProcesses, RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';
import { waitUntil } from '../../support/wait-until.ts';

const STACK = /^\s+at /m;
const ANN = { username: 'ann', firstName: 'Ann', lastName: 'Archer' };

describe('a service whose DynamoDB is unavailable', function () {
  this.timeout(60_000);
  let dynamo: Dynoxide;
  let recovering: RollcallProcess;
  let withOtherCache: RollcallProcess;
  let withoutTable: RollcallProcess;
  let stopping: RollcallProcess;

  const env = (table: string) => ({
    ...dynamo.settings(table),
    STORE_TIMEOUT_MS: '300',
    NODE_NO_WARNINGS: '1',
  });

  before(async () => {
    dynamo = await startDynoxide();
    const redis = { ...env('of-another-cache'), CACHE: 'redis' };
    await Promise.all([env('right'), redis].map((settings) => runRollcall(['provision'], { env: settings })));
    expect((await runRollcall(['cache', 'adopt'], { env: redis })).exit).to.equal(0);
    await dynamo.kill();
    const tables = ['right', 'of-another-cache', 'never-created', 'right'];
    const started = await Promise.all(tables.map((table) => startRollcall({ env: env(table) })));
    [recovering, withOtherCache, withoutTable, stopping] = started as [
      RollcallProcess,
      RollcallProcess,
      RollcallProcess,
      RollcallProcess,
    ];
  });
  after(async () => {
    await endProcesses();
    await dynamo?.stop();
  });

  const apiOf = async (service: RollcallProcess) => new ApiClient(await service.url()).as('ann');
  const statusOf = async (api: ApiClient) => (await api.get('/health/ready')).status;

  async function expectUnavailable(api: ApiClient): Promise<void> {
    const health = await api.get('/health/ready');
    expect(health.status).to.equal(503);
    const { store, ...rest } = JSON.parse(health.text);
    expect(rest).to.deep.equal({ status: 'unready', cache: { status: 'up' } });
    expect(store.status).to.equal('down');
    expect(store.reason).to.match(
      /^DynamoDB (cannot be reached|did not answer): connection re(fused|set) \(.+\)$/,
    );
    expect((await api.get('/health/live')).status).to.equal(200);
    const refusals = await Promise.all([
      api.get('/users/ann').then(problemOf),
      api.get('/organizations/acme/members/ann').then(problemOf),
      api.get('/users/ann/organizations').then(problemOf),
      api.post('/users', ANN).then(problemOf),
      api.delete('/organizations/acme/members/bob').then(problemOf),
    ]);
    expect(new Set(refusals)).to.deep.equal(new Set(['503 store_unavailable']));
  }

  it('starts and reports that it is not ready, with the reason', async () => {
    await recovering.line(/^not ready: /);
    const [listening, complaint, ...rest] = recovering.lines.slice(3);
    expect(listening).to.equal(`rollcall listening on ${await recovering.url()}`);
    expect(complaint).to.match(
      /^not ready: the store is unavailable: DynamoDB cannot be reached: connection refused \(.+\)\. Retrying until it is available\.$/,
    );
    expect(rest).to.deep.equal([]);
    expect(recovering.stderr).to.equal('');
  });

  it('answers every request with 503 and is not ready', async () => {
    await expectUnavailable(await apiOf(recovering));
  });

  it('stops cleanly on a signal', async () => {
    stopping.signal('SIGTERM');
    expect(await stopping.exit()).to.equal(0);
    expect(stopping.lines.at(-1)).to.equal('rollcall stopped');
  });

  describe('once DynamoDB is available', () => {
    before(() => dynamo.start());

    it('recovers without a restart', async () => {
      const api = await apiOf(recovering);
      await waitUntil('it is ready', async () => (await statusOf(api)) === 200);
      expect((await recovering.createUser('ann')).status).to.equal(201);
      expect((await api.get('/users/ann')).status).to.equal(200);
    });

    it('stops if the instances of the table use another cache, and reports how to fix it', async () => {
      expect(await withOtherCache.exit()).to.equal(2);
      expect(withOtherCache.stderr).to.equal(
        'rollcall: the configuration is not valid:\n' +
          '  CACHE: "none" cannot be used: the instances of this store use the cache "redis rollcall:", but "none" is configured here. ' +
          'Configure the same cache; or, to change it for all instances, stop them and run `rollcall cache adopt`\n',
      );
      expect(withOtherCache.lines.at(-1)).to.equal('rollcall stopped');
    });

    it('stops if the table was never created, and reports how to fix it', async () => {
      expect(await withoutTable.exit()).to.equal(2);
      expect(withoutTable.stderr).to.equal(
        'rollcall: the configuration is not valid:\n' +
          '  STORE: "dynamodb" cannot be used: the DynamoDB table does not exist: run `rollcall provision`\n',
      );
    });

    it('fails at startup if the table was never created, and creates none', async () => {
      for (let time = 1; time <= 2; time += 1) {
        const late = new RollcallProcess({ env: { PORT: '0', ...env('never-created') } });
        expect(await late.exit()).to.equal(2);
        expect(late.stdout).to.equal('');
        expect(late.stderr).to.include('rollcall provision').and.not.to.match(STACK);
      }
    });

    it('handles a second outage in the same way', async () => {
      const api = await apiOf(recovering);
      await dynamo.kill();
      await waitUntil('it is not ready', async () => (await statusOf(api)) === 503);
      await expectUnavailable(api);
      await dynamo.start();
      await waitUntil('it is ready', async () => (await statusOf(api)) === 200);
      expect((await api.get('/users/ann')).status).to.equal(200);
      recovering.signal('SIGTERM');
      expect(await recovering.exit()).to.equal(0);
    });
  });
});
