import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { expect } from 'chai';
import { endProcesses, RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('one SQLite file under several paths', function () {
  this.timeout(60_000);
  let folder: ReturnType<typeof temporaryFolder>;
  let file: string;

  beforeEach(() => {
    folder = temporaryFolder();
    file = `${folder.path}/real/rollcall.db`;
  });
  afterEach(async () => {
    await endProcesses();
    folder.remove();
  });

  const on = (path: string, env: Readonly<Record<string, string>> = {}) => ({
    env: { PORT: '0', SQLITE_PATH: path, ...env },
  });

  async function organizationWithMember(service: RollcallProcess): Promise<void> {
    await service.createUser('ann');
    await service.createUser('bob');
    await service.createOrganization('ann', 'Acme');
    expect((await service.addMember('ann', 'acme', 'bob')).status).to.equal(201);
  }

  async function expectRefused(second: RollcallProcess): Promise<void> {
    expect(await second.exit()).to.equal(2);
    expect(second.stderr).to.match(/^ {2}SQLITE_PATH: .*another process .*\bstop\b/im);
  }

  it('rejects a second server that uses a symbolic link', async () => {
    await startRollcall(on(file));
    const link = `${folder.path}/link.db`;
    symlinkSync(file, link);
    await expectRefused(new RollcallProcess(on(link)));
  });

  it('rejects a second server if the first one started with a dangling symbolic link', async () => {
    mkdirSync(`${folder.path}/real`);
    const link = `${folder.path}/link.db`;
    symlinkSync('real/rollcall.db', link);
    await startRollcall(on(link));
    await expectRefused(new RollcallProcess(on(file)));
  });

  it('shows the writes of a second server that could start because the lock file was deleted', async () => {
    const first = await startRollcall(on(file));
    rmSync(`${file}-lock`);
    const second = await startRollcall(on(file));
    await organizationWithMember(first);
    const bob = '/organizations/acme/members/bob';
    for (let turn = 0; turn < 10; turn += 1) {
      expect((await second.call('GET', bob, { as: 'ann' })).status, 'cached').to.equal(200);
      expect((await first.call('DELETE', bob, { as: 'ann' })).status).to.equal(204);
      expect((await second.call('GET', bob, { as: 'ann' })).status, 'after the removal').to.equal(404);
      expect((await first.addMember('ann', 'acme', 'bob')).status).to.equal(201);
    }
  });
});
