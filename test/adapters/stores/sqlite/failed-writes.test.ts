import { expect } from 'chai';
import { chooseDriver } from '../../../../src/adapters/stores/sqlite/driver/choose-driver.ts';
import type { SqliteDatabase } from '../../../../src/adapters/stores/sqlite/driver/sqlite-driver.ts';
import type { SqliteUserStore } from '../../../../src/adapters/stores/sqlite/sqlite-user-store.ts';
import { userKey } from '../../../../src/domain/records.ts';
import { OutcomeUnknown, StoreUnavailable } from '../../../../src/ports/errors.ts';
import { aChange, aUser, create } from '../../../support/accounts.ts';
import { openSqliteFile } from '../../../support/sqlite.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { interceptedDriver } from './intercepted-driver.ts';

const NEVER = Number.POSITIVE_INFINITY;
/** SQLite result codes. */
const FULL = 13;
const IOERR_FSYNC = 1034;

describe('a failed write to a SQLite file', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  /** The failure of the next COMMIT, and whether it is applied despite the failure. */
  let commitFailure: { readonly rawCode: number; readonly isApplied: boolean } | undefined;
  let limitPages: (pages: number) => void;
  let store: SqliteUserStore;

  beforeEach(async () => {
    folder = temporaryFolder();
    commitFailure = undefined;
    const databases = new Set<SqliteDatabase>();
    limitPages = (pages) => {
      for (const database of databases) database.exec(`PRAGMA max_page_count = ${pages}`);
    };
    const driver = interceptedDriver(await chooseDriver(), (database, sql, path) => {
      if (!path.endsWith('-lock')) databases.add(database);
      const failure = sql === 'COMMIT' ? commitFailure : undefined;
      if (failure === undefined) return database.exec(sql);
      commitFailure = undefined;
      database.exec(failure.isApplied ? 'COMMIT' : 'ROLLBACK');
      throw Object.assign(new Error('COMMIT failed'), { rawCode: failure.rawCode });
    });
    store = await openSqliteFile(`${folder.path}/rollcall.db`, { driver });
  });
  afterEach(() => {
    store.close();
    folder.remove();
  });

  /** @param size of the record, in characters */
  async function write(size = 1): Promise<{ readonly failure: unknown; readonly isWritten: boolean }> {
    const user = aUser({ lastName: 'x'.repeat(size) as never });
    const key = userKey(user.username);
    const failure = await store.commit(aChange([create(key, user)]), NEVER).catch((error: unknown) => error);
    const [{ record }] = await store.readMany([key], NEVER);
    return { failure, isWritten: record !== undefined };
  }
  const selfCheck = () => store.selfCheck(NEVER).catch((error: unknown) => error);

  it('changes nothing if the disk is full, and succeeds once there is space', async () => {
    limitPages(1);
    const { failure, isWritten } = await write(100_000);
    expect(failure).to.be.instanceOf(StoreUnavailable);
    expect((failure as Error).message).to.include('full');
    expect(isWritten).to.equal(false);
    limitPages(10_000);
    expect(await selfCheck()).to.equal(undefined);
    expect(await write(100_000)).to.deep.equal({ failure: undefined, isWritten: true });
  });

  it('changes nothing if the disk is full at COMMIT', async () => {
    commitFailure = { rawCode: FULL, isApplied: false };
    const { failure, isWritten } = await write();
    expect(failure).to.be.instanceOf(StoreUnavailable);
    expect(isWritten).to.equal(false);
  });

  it('fails the self-check until a test write succeeds', async () => {
    commitFailure = { rawCode: FULL, isApplied: false };
    await write();
    commitFailure = { rawCode: FULL, isApplied: false };
    expect(await selfCheck()).to.be.instanceOf(StoreUnavailable);
    expect(await selfCheck()).to.equal(undefined);
  });

  for (const isApplied of [true, false]) {
    it(`has an unknown outcome if the final fsync fails (${isApplied ? 'applied' : 'not applied'})`, async () => {
      commitFailure = { rawCode: IOERR_FSYNC, isApplied };
      const { failure, isWritten } = await write();
      expect(failure).to.be.instanceOf(OutcomeUnknown);
      expect(isWritten).to.equal(isApplied);
    });
  }
});
