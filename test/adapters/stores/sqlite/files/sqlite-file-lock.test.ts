import { rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { chooseDriver } from '../../../../../src/adapters/stores/sqlite/driver/choose-driver.ts';
import type {
  SqliteDatabase,
  SqliteDriver,
} from '../../../../../src/adapters/stores/sqlite/driver/sqlite-driver.ts';
import {
  SqliteFileLock,
  StoreInUse,
} from '../../../../../src/adapters/stores/sqlite/files/sqlite-file-lock.ts';
import { SystemClock } from '../../../../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../../../../src/adapters/system/uuid-ids.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import { interceptedDriver } from '../intercepted-driver.ts';

const clock = new SystemClock();
const IMMEDIATELY = 0;

describe('SqliteFileLock', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let driver: SqliteDriver;
  /** Runs a step once, immediately after the given statement. */
  let afterNext: (statement: string, step: () => void) => void;
  let lock: SqliteFileLock;
  let other: SqliteDatabase;

  const openLock = () => SqliteFileLock.open(path, driver, { clock, ids: new UuidIds() });

  beforeEach(async () => {
    folder = temporaryFolder();
    path = `${folder.path}/lock`;
    let interruption: readonly [statement: string, step: () => void] | undefined;
    afterNext = (...next) => {
      interruption = next;
    };
    driver = interceptedDriver(await chooseDriver(), (database, sql) => {
      database.exec(sql);
      const [statement, step] = interruption ?? [];
      if (sql !== statement) return;
      interruption = undefined;
      step?.();
    });
    lock = await openLock();
    other = driver.open(path);
  });

  afterEach(() => {
    lock.release();
    other.close();
    folder.remove();
  });

  const share = () =>
    lock.share(IMMEDIATELY).then(
      () => 'shared',
      (error: unknown) => error,
    );

  it('cannot be shared while another process holds it that acquired it during the downgrade', async () => {
    afterNext('ROLLBACK', () => other.exec('BEGIN EXCLUSIVE'));
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(await share(), `attempt ${attempt}`).to.be.instanceOf(StoreInUse);
      expect(lock.isExclusive).to.equal(false);
    }
    other.exec('ROLLBACK');
    expect(await share()).to.equal('shared');
    expect(() => other.exec('BEGIN EXCLUSIVE')).to.throw('locked');
  });

  it('stays shared if `share` is called again', async () => {
    expect(await share()).to.equal('shared');
    expect(await share()).to.equal('shared');
    expect(() => other.exec('BEGIN EXCLUSIVE')).to.throw('locked');
  });

  it('is acquired again in the same mode after its file was deleted or replaced', async () => {
    for (const replace of [() => {}, () => writeFileSync(path, '')]) {
      rmSync(path);
      replace();
      expect(lock.restore()).to.equal(true);
      expect(lock.isExclusive).to.equal(true);
      const late = driver.open(path);
      expect(() => late.exec('BEGIN EXCLUSIVE')).to.throw('locked');
      late.close();
    }
    await share();
    rmSync(path);
    expect(lock.restore()).to.equal(true);
    const late = driver.open(path);
    late.exec('BEGIN; SELECT count(*) FROM sqlite_master; COMMIT');
    expect(() => late.exec('BEGIN EXCLUSIVE')).to.throw('locked');
    late.close();
  });

  it('is lost while another process holds the lock on a new file', async () => {
    rmSync(path);
    const second = await openLock();
    expect(second.isExclusive).to.equal(true);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(lock.restore(), `attempt ${attempt}`).to.equal(false);
      expect(lock.isExclusive).to.equal(false);
    }
    second.release();
    expect(lock.restore()).to.equal(true);
    expect(lock.isExclusive).to.equal(true);
  });

  it('is acquired on the present file at its path, also if that was replaced during acquisition', async () => {
    lock.release();
    afterNext('BEGIN EXCLUSIVE', () => rmSync(path));
    lock = await openLock();
    const late = driver.open(path);
    expect(() => late.exec('BEGIN EXCLUSIVE')).to.throw('locked');
    late.close();
  });
});
