import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { endProcesses, temporaryFolder } from '../../support/rollcall-process.ts';
import { type CommandResult, runRollcall } from '../../support/run-rollcall.ts';

describe('rollcall provision and migrate, with nothing to do', function () {
  this.timeout(60_000);
  const commands = ['provision', 'migrate'];
  let folder: string;
  let results: Readonly<Record<'sqlite' | 'memory', readonly CommandResult[]>>;

  before(async () => {
    folder = temporaryFolder();
    const run = (env: Readonly<Record<string, string>>) =>
      Promise.all(commands.map((command) => runRollcall([command], { folder, env })));
    const [sqlite, memory] = await Promise.all([run({}), run({ STORE: 'memory' })]);
    results = { sqlite, memory };
  });
  after(endProcesses);

  it('report that', () => {
    for (const [store, all] of Object.entries(results)) {
      for (const [i, { exit, stdout, stderr }] of all.entries()) {
        expect(stdout).to.equal(
          `ok       nothing to ${commands[i]} with STORE=${store} and CACHE=memory\n0 problems, 0 warnings\n`,
        );
        expect([exit, stderr]).to.deep.equal([0, '']);
      }
    }
  });

  it('create no files', () => {
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
