import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { openSqliteFile } from '../../../../support/sqlite.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const run = promisify(execFile);
const PROCESS = fileURLToPath(new URL('./unprivileged-process.ts', import.meta.url));
/** The user id for tests that run as root, since permissions do not apply to root; otherwise the current user is used. */
const UNPRIVILEGED_UID = 65_534;

describe('the permissions of SQLite files', function () {
  this.timeout(30_000);
  const isRoot = process.getuid?.() === 0;
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;

  beforeEach(() => {
    folder = temporaryFolder();
    chmodSync(folder.path, 0o755);
    path = `${realpathSync(folder.path)}/data/rollcall.db`;
    mkdirSync(`${folder.path}/data`);
    if (isRoot) chownSync(`${folder.path}/data`, UNPRIVILEGED_UID, UNPRIVILEGED_UID);
  });
  afterEach(() => {
    chmodSync(`${folder.path}/data`, 0o700);
    folder.remove();
  });

  const openAsUser = async (): Promise<string> =>
    (await run(process.execPath, ['--import', 'tsx/esm', PROCESS, path, String(UNPRIVILEGED_UID)])).stdout;

  it('grant access only to the user of the service, also for created folders', async () => {
    path = `${folder.path}/one/two/rollcall.db`;
    const store = await openSqliteFile(path);
    const modes = [
      'one',
      'one/two',
      ...readdirSync(`${folder.path}/one/two`).map((name) => `one/two/${name}`),
    ].map((name) => [name, (statSync(`${folder.path}/${name}`).mode & 0o777).toString(8)]);
    store.close();
    expect(modes).to.deep.equal([
      ['one', '700'],
      ['one/two', '700'],
      ['one/two/rollcall.db', '600'],
      ['one/two/rollcall.db-lock', '600'],
      ['one/two/rollcall.db-shm', '600'],
      ['one/two/rollcall.db-wal', '600'],
    ]);
  });

  it('must include write access to the database, its log, its lock file and its folder', async () => {
    expect(await openAsUser()).to.equal('opened');
    const store = await openSqliteFile(path);
    try {
      const names = ['rollcall.db', 'rollcall.db-lock', 'rollcall.db-wal', 'rollcall.db-shm', ''];
      for (const name of names) {
        const one = `${folder.path}/data/${name}`;
        const { mode } = statSync(one);
        chmodSync(one, name === '' ? 0o555 : 0o444);
        const real = realpathSync(one);
        expect(await openAsUser(), name)
          .to.match(/^UnusableFile: /)
          .and.include(
            `${real} cannot be written (EACCES). Change its owner to the user of the service: chown `,
          );
        chmodSync(one, mode);
      }
    } finally {
      store.close();
    }
  });

  it('of a lock file created by root match those of the database', async () => {
    if (!isRoot) return;
    expect(await openAsUser()).to.equal('opened');
    rmSync(`${path}-lock`);
    (await openSqliteFile(path)).close();
    expect(await openAsUser()).to.equal('opened');
  });
});
