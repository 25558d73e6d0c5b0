import { expect } from 'chai';
import Database from 'libsql';
import { SqliteFileLock, StoreInUse } from '../../../../src/adapters/stores/sqlite/sqlite-file-lock.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../../../src/adapters/system/uuid-ids.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const clock = new SystemClock();
const AT_ONCE = 0;

/** Does something right after the next statement of this text, of any connection. */
function afterNext(statement: string, step: () => void): void {
  const exec = Database.prototype.exec;
  Database.prototype.exec = function (this: Database.Database, sql: string) {
    const done = exec.call(this, sql);
    if (sql === statement) {
      Database.prototype.exec = exec;
      step();
    }
    return done;
  };
}

describe('SqliteFileLock', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let lock: SqliteFileLock;
  let other: Database.Database;

  beforeEach(async () => {
    folder = temporaryFolder();
    path = `${folder.path}/lock`;
    lock = await SqliteFileLock.open(path, { clock, ids: new UuidIds() });
    other = new Database(path);
  });

  afterEach(() => {
    lock.release();
    other.close();
    folder.remove();
  });

  const share = () =>
    lock.share(AT_ONCE).then(
      () => 'shared',
      (error: unknown) => error,
    );

  it('is not shared as long as another has it, who was quicker while it was let go', async () => {
    afterNext('ROLLBACK', () => other.exec('BEGIN EXCLUSIVE'));
    for (let time = 1; time <= 3; time += 1) {
      expect(await share(), `time ${time}`).to.be.instanceOf(StoreInUse);
      expect(lock.exclusive).to.equal(false);
    }
    other.exec('ROLLBACK');
    expect(await share()).to.equal('shared');
    expect(() => other.exec('BEGIN EXCLUSIVE')).to.throw('locked');
  });

  it('that is shared stays so', async () => {
    expect(await share()).to.equal('shared');
    expect(await share()).to.equal('shared');
    expect(() => other.exec('BEGIN EXCLUSIVE')).to.throw('locked');
  });
});
