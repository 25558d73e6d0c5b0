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

describe('rollcall cache adopt and reset, on a SQLite file', function () {
  this.timeout(60_000);
  after(endProcesses);

  const command = (name: string, folder: string, CACHE: string): Promise<CommandResult> =>
    runRollcall(['cache', name], { folder, env: { CACHE } });

  async function metaOf(folder: string) {
    const store = await openSqliteFile(`${folder}/data/rollcall.db`);
    try {
      const { meta } = await store.readMeta(performance.now() + 1000);
      return meta ?? expect.fail('there is no meta record');
    } finally {
      store.close();
    }
  }

  it('adopt registers the configured cache, reset keeps it; both increment the generation and report it', async () => {
    const folder = temporaryFolder();
    const service = await startRollcall({ folder, env: { CACHE: 'none' } });
    service.signal('SIGTERM');
    await service.exit();
    const first = await metaOf(folder);
    expect(first).to.include({ generation: 1, cache: 'none' });
    const ids = [first.storeId];

    const adopted = await command('adopt', folder, 'memory');
    expect(adopted.lines).to.deep.equal([
      'ok       registered cache: "memory", generation 2',
      '0 problems, 0 warnings',
    ]);
    expect([adopted.exit, adopted.stderr]).to.deep.equal([0, '']);
    expect(await metaOf(folder)).to.include({ generation: 2, cache: 'memory' });
    ids.push((await metaOf(folder)).storeId);

    const reset = await command('reset', folder, 'none');
    expect(reset.lines).to.deep.equal([
      'ok       registered cache: "memory", generation 3',
      '0 problems, 0 warnings',
    ]);
    expect([reset.exit, reset.stderr]).to.deep.equal([0, '']);
    expect(await metaOf(folder)).to.include({ generation: 3, cache: 'memory' });
    ids.push((await metaOf(folder)).storeId);
    expect(new Set(ids), 'distinct ids').to.have.property('size', 3);
  });

  for (const cache of ['none', 'memory']) {
    it(`fail while a service has the file open (CACHE=${cache}), which continues`, async () => {
      const service = await startRollcall({ env: { CACHE: cache } });
      const all = await Promise.all(['adopt', 'reset'].map((name) => command(name, service.folder, cache)));
      for (const { exit, lines, stderr } of all) {
        expect(lines, stderr).to.deep.equal([
          'problem  another process has ./data/rollcall.db open; it would continue with the previous cache',
          '         → stop every instance, then run this command again',
          '1 problem, 0 warnings',
        ]);
        expect([exit, stderr]).to.deep.equal([1, '']);
      }
      expect((await service.call('GET', '/health/ready')).status).to.equal(200);
      await service.kill();
      expect(await metaOf(service.folder)).to.include({ generation: 1, cache });
    });
  }

  it('are the only subcommands of cache', async () => {
    const invalid = [['cache', 'adapt'], ['cache'], ['cache', 'adopt', 'redis'], ['cache', 'reset', '--all']];
    const commands = invalid.map((args) => new RollcallProcess({ args }));
    for (const [i, one] of commands.entries()) {
      expect(await one.exit(), invalid[i]?.join(' ')).to.equal(2);
      expect(one.stdout).to.equal('');
      expect(one.stderr)
        .to.match(/rollcall --help|^Usage: rollcall cache /m)
        .and.not.to.match(STACK);
    }
    expect(commands[0]?.stderr).to.match(/^error: unknown command 'adapt'$/m);
  });

  it('require a valid configuration', async () => {
    const { exit, stdout, stderr } = await runRollcall(['cache', 'adopt'], { env: { CACHE: 'redid' } });
    expect([exit, stdout]).to.deep.equal([2, '']);
    expect(stderr).to.match(/^ {2}CACHE: "redid" is not valid; /m);
  });
});
