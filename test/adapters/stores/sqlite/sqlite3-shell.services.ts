import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { userKey } from '../../../../src/domain/records.ts';
import { aChange, aUser, create, erase } from '../../../support/accounts.ts';
import { endProcesses, startRollcall } from '../../../support/rollcall-process.ts';
import { openSqliteFile } from '../../../support/sqlite.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const NEVER = Number.POSITIVE_INFINITY;
const run = promisify(execFile);

/** The shell of another SQLite version, such as 3.40.1 of Debian 12. */
async function sqlite3(file: string, command: string): Promise<string> {
  try {
    return (await run('sqlite3', [file, command], { maxBuffer: 100_000_000 })).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('sqlite3 cannot be started. Install it: apt-get install sqlite3 (Debian)', {
      cause: error,
    });
  }
}

describe('the sqlite3 shell on an open SQLite file', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  afterEach(async () => {
    await endProcesses();
    folder.remove();
  });

  it('passes the integrity check and dumps all records, including tombstones', async () => {
    folder = temporaryFolder();
    const file = `${folder.path}/rollcall.db`;
    const store = await openSqliteFile(file);
    const users = Array.from({ length: 20 }, () => aUser());
    for (const user of users) await store.commit(aChange([create(userKey(user.username), user)]), NEVER);
    for (const user of users.slice(0, 5)) {
      await store.commit(aChange([erase(userKey(user.username), 1)]), NEVER);
    }
    expect(await sqlite3(file, 'PRAGMA integrity_check')).to.equal('ok\n');
    const copy = `${folder.path}/copy.db`;
    await run('sh', ['-c', `sqlite3 -bail '${file}' .dump | sqlite3 -bail '${copy}'`]);
    const count = 'SELECT count(*), sum(record IS NULL) FROM records';
    expect(await sqlite3(copy, count)).to.equal('20|5\n');
    expect(await sqlite3(copy, 'PRAGMA integrity_check')).to.equal('ok\n');
    store.close();
  });

  it('changes a record of a running service with CACHE=memory, whose next answer contains the change', async () => {
    folder = temporaryFolder();
    const file = `${folder.path}/rollcall.db`;
    const service = await startRollcall({ env: { SQLITE_PATH: file } });
    await service.createUser('ann');
    for (const name of ['Anna', 'Anne', 'Anja']) {
      await service.call('GET', '/users/ann', { as: 'ann' });
      await sqlite3(
        file,
        `UPDATE records SET version = version + 1, record = json_set(record, '$.firstName', '${name}')
         WHERE kind = 'user' AND name = 'ann'`,
      );
      const { body } = await service.call('GET', '/users/ann', { as: 'ann' });
      expect(body).to.have.nested.property('user.firstName', name);
    }
  });
});
