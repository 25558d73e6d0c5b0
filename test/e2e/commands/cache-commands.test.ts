import { expect } from 'chai';
import {
  endProcesses,
  RollcallProcess,
  startRollcall,
  temporaryFolder,
} from '../../support/rollcall-process.ts';
import { type CommandResult, runRollcall } from '../../support/run-rollcall.ts';
import { openSqliteFile } from '../../support/sqlite.ts';

const STACK = /^\s+at /m;

describe('rollcall cache, on a SQLite file', function () {
  this.timeout(60_000);
  after(endProcesses);

  const command = (name: string, folder: string, CACHE: string): Promise<CommandResult> =>
    runRollcall(['cache', ...name.split(' ')], { folder, env: { CACHE } });

  async function metaOf(folder: string) {
    const store = await openSqliteFile(`${folder}/data/rollcall.db`);
    try {
      const { meta } = await store.readMeta(performance.now() + 1000);
      return meta ?? expect.fail('there is no meta record');
    } finally {
      store.close();
    }
  }

  /** A folder with a file that was served once. */
  async function servedOnce(CACHE: string): Promise<string> {
    const folder = temporaryFolder();
    const service = await startRollcall({ folder, env: { CACHE } });
    service.signal('SIGTERM');
    await service.exit();
    return folder;
  }

  it('every start with a cache in its memory opens an epoch with a new token', async () => {
    const folder = await servedOnce('memory');
    const first = (await metaOf(folder)).epoch;
    expect(first).to.include({ state: 'open', n: 1 });
    const again = await startRollcall({ folder, env: { CACHE: 'memory' } });
    again.signal('SIGTERM');
    await again.exit();
    const second = (await metaOf(folder)).epoch;
    expect(second).to.include({ state: 'open', n: 2 });
    expect(second?.token).to.be.a('string').and.not.equal(first?.token);
  });

  it('reset closes the epoch, so that nothing cached so far is believed', async () => {
    const folder = await servedOnce('memory');
    const { lines, exit, stderr } = await command('reset', folder, 'none');
    expect(lines).to.deep.equal([
      'ok       epoch 2 is closed; nothing cached so far is believed',
      '0 problems, 0 warnings',
    ]);
    expect([exit, stderr]).to.deep.equal([0, '']);
    expect((await metaOf(folder)).epoch)
      .to.include({ state: 'closed', n: 2 })
      .and.not.have.property('token');
  });

  it('reset runs beside a service that shares the file', async () => {
    const service = await startRollcall({ env: { CACHE: 'none' } });
    const { lines, exit } = await command('reset', service.folder, 'none');
    expect(lines[0]).to.match(/^ok {7}epoch 1 is closed; /);
    expect(exit).to.equal(0);
    expect((await service.call('GET', '/health/ready')).status).to.equal(200);
  });

  it('nothing is done to a file that a service has open exclusively', async () => {
    const service = await startRollcall({ env: { CACHE: 'memory' } });
    const names = ['reset', 'upgrade --yes', 'downgrade --yes'];
    for (const { exit, lines, stderr } of await Promise.all(
      names.map((name) => command(name, service.folder, 'memory')),
    )) {
      expect(lines, stderr).to.deep.equal([
        'problem  another process has ./data/rollcall.db open exclusively, with its cache in its own memory',
        '         → stop that process, then run this command again',
        '1 problem, 0 warnings',
      ]);
      expect([exit, stderr]).to.deep.equal([1, '']);
    }
    await service.kill();
    expect((await metaOf(service.folder)).epoch).to.include({ n: 1 });
  });

  it('downgrade removes the epochs and upgrade begins them again', async () => {
    const folder = await servedOnce('none');
    const { storeId } = await metaOf(folder);
    const down = await command('downgrade --yes', folder, 'none');
    expect(down.lines[0]).to.equal('ok       the store has no epochs any more; registered cache: "none"');
    const legacy = await metaOf(folder);
    expect(legacy).to.include({ generation: 2, cache: 'none' }).and.not.have.property('epoch');
    expect(legacy.storeId).not.to.equal(storeId);
    const up = await command('upgrade --yes', folder, 'none');
    expect(up.lines[0]).to.match(/^ok {7}the store has epochs now; /);
    expect((await metaOf(folder)).epoch).to.include({ state: 'closing', n: 1 });
  });

  for (const name of ['upgrade', 'downgrade']) {
    it(`${name} must be confirmed`, async () => {
      const folder = await servedOnce('none');
      const { exit, stdout, stderr } = await command(name, folder, 'none');
      expect([exit, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.match(/^error: confirm with --yes: No instance of .* is running\.\n$/);
      expect((await metaOf(folder)).epoch).to.include({ n: 1 });
    });
  }

  it('refuses other commands and arguments', async () => {
    const wrong = [['cache', 'adapt'], ['cache'], ['cache', 'reset', 'redis'], ['cache', 'reset', '--all']];
    const ended = wrong.map((args) => new RollcallProcess({ args }));
    for (const [i, one] of ended.entries()) {
      expect(await one.exit(), wrong[i]?.join(' ')).to.equal(2);
      expect(one.stdout).to.equal('');
      expect(one.stderr)
        .to.match(/rollcall --help|^Usage: rollcall cache /m)
        .and.not.to.match(STACK);
    }
    expect(ended[0]?.stderr).to.match(/^error: unknown command 'adapt'$/m);
  });

  it('needs valid settings', async () => {
    const { exit, stdout, stderr } = await runRollcall(['cache', 'reset'], { env: { CACHE: 'redid' } });
    expect([exit, stdout]).to.deep.equal([2, '']);
    expect(stderr).to.match(/^ {2}CACHE: "redid" is not valid; /m);
  });
});
