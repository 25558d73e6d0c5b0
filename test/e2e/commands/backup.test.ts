import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  endProcesses,
  RollcallProcess,
  startRollcall,
  temporaryFolder,
} from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';
import { backupStory } from './backup-story.ts';

backupStory({ megabytes: 20, perSecond: 20 });

describe('rollcall backup', function () {
  this.timeout(60_000);
  after(endProcesses);

  it('copies what a killed service has left in the log, and what a stopped one has left', async () => {
    const service = await startRollcall();
    const { folder } = service;
    await service.createUser('ann');
    await service.kill();
    expect((await runRollcall(['backup', 'killed.db'], { folder })).exit).to.equal(0);
    const second = await startRollcall({ folder });
    await second.createUser('bob');
    second.signal('SIGTERM');
    await second.exit();
    expect((await runRollcall(['backup', 'stopped.db'], { folder })).exit).to.equal(0);
    for (const [file, bob] of [
      ['killed.db', 404],
      ['stopped.db', 200],
    ] as const) {
      const copy = await startRollcall({ env: { SQLITE_PATH: `${folder}/${file}` } });
      expect((await copy.call('GET', '/users/ann')).status, file).to.equal(200);
      expect((await copy.call('GET', '/users/bob')).status, file).to.equal(bob);
    }
  });

  it('overwrites no file', async () => {
    const { folder } = await startRollcall();
    writeFileSync(`${folder}/copy.db`, 'a letter');
    const { exit, stdout } = await runRollcall(['backup', 'copy.db'], { folder });
    expect(exit).to.equal(1);
    expect(stdout).to.match(/^problem {2}\S+copy\.db already exists and was not overwritten$/m);
    expect(readFileSync(`${folder}/copy.db`, 'utf8')).to.equal('a letter');
  });

  it('needs a database, and creates none', async () => {
    const folder = temporaryFolder();
    const { exit, stderr } = await runRollcall(['backup', 'copy.db'], { folder });
    expect(exit).to.equal(2);
    expect(stderr).to.match(/^ {2}SQLITE_PATH: .*rollcall\.db does not exist/m);
    expect(existsSync(`${folder}/data`)).to.equal(false);
  });

  it('names the tool of a store that is not a file', async () => {
    const { exit, stdout } = await runRollcall(['backup', 'copy.db'], {
      env: { STORE: 'postgres', CACHE: 'none' },
    });
    expect(exit).to.equal(1);
    expect(stdout).to.include('pg_dump');
  });

  it('needs the name of one file', async () => {
    for (const args of [['backup'], ['backup', 'one.db', 'two.db']]) {
      const command = new RollcallProcess({ args });
      expect(await command.exit(), args.join(' ')).to.equal(2);
      expect(command.stderr).to.match(/^error: /m);
    }
  });
});
