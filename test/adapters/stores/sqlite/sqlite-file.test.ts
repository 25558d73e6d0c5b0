import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { chooseDriver } from '../../../../src/adapters/stores/sqlite/driver/choose-driver.ts';
import { StoreInUse } from '../../../../src/adapters/stores/sqlite/files/sqlite-file-lock.ts';
import { SchemaTooNew } from '../../../../src/adapters/stores/sqlite/schema.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { userKey } from '../../../../src/domain/records.ts';
import { StoreUnavailable } from '../../../../src/ports/errors.ts';
import { aChange, aUser, create, uniqueUsername } from '../../../support/accounts.ts';
import { openSqliteFile } from '../../../support/sqlite.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('the SQLite file', () => {
  const clock = new SystemClock();
  const soon = () => clock.monotonic() + 5000;
  const user = aUser({ username: uniqueUsername() });
  const key = userKey(user.username);
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;

  beforeEach(() => {
    folder = temporaryFolder();
    path = `${folder.path}/parent/child/rollcall.db`;
  });
  afterEach(() => folder.remove());

  const refusalOf = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail('expected a rejection'),
      (error: unknown) => error as Error,
    );

  it('creates missing folders, and keeps acknowledged writes after it is closed', async () => {
    const first = await openSqliteFile(path);
    await first.commit(aChange([create(key, user)]), soon());
    first.close();
    const second = await openSqliteFile(path);
    expect((await second.readMany([key], soon()))[0].record).to.deep.equal(user);
    second.close();
  });

  it('is exclusive to the first store that opens it, until that store shares or closes it', async () => {
    const first = await openSqliteFile(path);
    expect(first.exclusive).to.equal(true);
    expect(await refusalOf(openSqliteFile(path))).to.be.instanceOf(StoreInUse);
    await first.share(soon());
    const second = await openSqliteFile(path);
    expect([first.exclusive, second.exclusive]).to.deep.equal([false, false]);
    first.close();
    second.close();
    const third = await openSqliteFile(path);
    expect(third.exclusive).to.equal(true);
    third.close();
  });

  it('rejects operations that are waiting when the store is closed, and all later ones', async () => {
    const store = await openSqliteFile(path);
    const other = (await chooseDriver()).open(path);
    other.exec('BEGIN IMMEDIATE');
    const waiting = refusalOf(store.commit(aChange([create(key, user)]), soon()));
    store.close();
    other.exec('COMMIT');
    other.close();
    for (const refusal of [await waiting, await refusalOf(store.readMany([key], soon()))]) {
      expect(refusal).to.be.instanceOf(StoreUnavailable);
      expect(refusal.message).to.equal('The store is closed.');
    }
    expect(() => store.dataVersion()).to.throw(StoreUnavailable, 'The store is closed.');
  });

  it('waits for a writing connection until the deadline, then fails without writing', async () => {
    const store = await openSqliteFile(path);
    const other = (await chooseDriver()).open(path);
    other.exec('BEGIN IMMEDIATE');
    const refusal = await refusalOf(store.commit(aChange([create(key, user)]), clock.monotonic() + 50));
    expect(refusal).to.be.instanceOf(StoreUnavailable);
    const waiting = store.commit(aChange([create(key, user)]), soon());
    expect((await store.readMany([key], soon()))[0].version).to.equal(0);
    other.exec('COMMIT');
    await waiting;
    expect((await store.readMany([key], soon()))[0].version).to.equal(1);
    other.close();
    store.close();
  });

  it('is in WAL mode, so that readers and a writer do not block each other', async () => {
    const store = await openSqliteFile(path);
    const other = (await chooseDriver()).open(path);
    expect(other.prepare('PRAGMA journal_mode').all()).to.deep.equal([{ journal_mode: 'wal' }]);
    other.close();
    store.close();
  });

  it('refuses a file with a newer schema', async () => {
    (await openSqliteFile(path)).close();
    const db = (await chooseDriver()).open(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const refusal = await refusalOf(openSqliteFile(path));
    expect(refusal).to.be.instanceOf(SchemaTooNew);
    expect(refusal.message).to.contain('99');
  });

  it('refuses a file that is not a database, and releases the lock', async () => {
    path = `${folder.path}/notes.txt`;
    writeFileSync(path, 'these are notes, not a database. '.repeat(100));
    expect((await refusalOf(openSqliteFile(path))).message).to.contain('not a database');
    expect((await refusalOf(openSqliteFile(path))).message).to.contain('not a database');
  });
});
