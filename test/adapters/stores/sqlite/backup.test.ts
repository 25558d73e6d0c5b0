import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { SqliteBackup } from '../../../../src/adapters/stores/sqlite/backup/sqlite-backup.ts';
import { chooseDriver } from '../../../../src/adapters/stores/sqlite/driver/choose-driver.ts';
import type { SqliteDriver } from '../../../../src/adapters/stores/sqlite/driver/sqlite-driver.ts';
import { SqliteInspection } from '../../../../src/adapters/stores/sqlite/inspection/sqlite-inspection.ts';
import type { SqliteUserStore } from '../../../../src/adapters/stores/sqlite/sqlite-user-store.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../../../src/adapters/system/uuid-ids.ts';
import { userKey } from '../../../../src/domain/records.ts';
import type { Finding } from '../../../../src/ports/diagnosis.ts';
import { aChange, aUser, create, erase } from '../../../support/accounts.ts';
import { openSqliteFile } from '../../../support/sqlite.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const NEVER = Number.POSITIVE_INFINITY;

describe('SqliteBackup', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let target: string;
  let store: SqliteUserStore;
  const user = aUser();

  beforeEach(async () => {
    folder = temporaryFolder();
    path = `${folder.path}/it's #1 %41?.db`;
    target = `${folder.path}/copies/copy's.db`;
    mkdirSync(`${folder.path}/copies`);
    store = await openSqliteFile(path);
    await store.commit(aChange([create(userKey(user.username), user)]), NEVER);
  });
  afterEach(() => {
    store.close();
    folder.remove();
  });

  async function backUp(
    { file = target, driver }: { readonly file?: string; readonly driver?: Partial<SqliteDriver> } = {},
    progress: (done: number, total: number | undefined) => void = () => {},
  ): Promise<Finding> {
    const options = { clock: new SystemClock(), ids: new UuidIds(), path };
    const source = await SqliteInspection.open({
      ...options,
      driver: { ...(await chooseDriver()), ...driver },
    });
    const [finding, ...others] = await new SqliteBackup(source).backUp(file, progress);
    source.close();
    expect(others).to.deep.equal([]);
    return finding ?? expect.fail('no finding');
  }

  it('copies an open database, including its log and tombstones, to a single file that only its owner can read', async () => {
    await store.commit(aChange([erase(userKey(user.username), 1)]), NEVER);
    const other = aUser();
    await store.commit(aChange([create(userKey(other.username), other)]), NEVER);
    const steps: (readonly [number, number | undefined])[] = [];
    const finding = await backUp({}, (...step) => steps.push(step));
    expect(finding).to.include({ level: 'ok' });
    expect(finding.what).to.include(target);
    expect(steps.at(-1)).to.deep.equal([1, 1]);
    expect(readdirSync(`${folder.path}/copies`)).to.deep.equal(["copy's.db"]);
    expect(statSync(target).mode & 0o777).to.equal(0o600);

    const copy = await openSqliteFile(target);
    const keys = [userKey(user.username), userKey(other.username)] as const;
    expect(await copy.readMany(keys, NEVER)).to.deep.equal(await store.readMany(keys, NEVER));
    copy.close();
  });

  it('does not overwrite an existing file', async () => {
    writeFileSync(target, 'some text');
    expect(await backUp()).to.include({
      level: 'problem',
      what: `${target} already exists and was not overwritten`,
    });
    expect(readFileSync(target, 'utf8')).to.equal('some text');
  });

  it('does not overwrite a file that is created during the copy, and removes its partial copy', async () => {
    const { copy } = await chooseDriver();
    const driver: Partial<SqliteDriver> = {
      copy: async (...args) => {
        await copy(...args);
        writeFileSync(target, 'some text');
      },
    };
    const { level, what } = await backUp({ driver });
    expect(level).to.equal('problem');
    expect(what).to.match(/nothing was written .*EEXIST/);
    expect(readFileSync(target, 'utf8')).to.equal('some text');
    expect(readdirSync(`${folder.path}/copies`)).to.deep.equal(["copy's.db"]);
  });

  it('writes no file if the copy fails or is corrupt, and reports the cause', async () => {
    const failures: Readonly<Record<string, Partial<SqliteDriver>>> = {
      'database or disk is full': {
        copy: async () => {
          throw new Error('database or disk is full');
        },
      },
      'not a database': {
        copy: async (_source, partial) => writeFileSync(partial, 'no database at all. '.repeat(1000)),
      },
      damaged: {
        copy: async (source, partial, progress) => {
          const { copy } = await chooseDriver();
          await copy(source, partial, progress);
          const bytes = readFileSync(partial);
          // The root page of the table of records.
          writeFileSync(
            partial,
            Buffer.concat([bytes.subarray(0, 8192), Buffer.alloc(bytes.length - 8192, 7)]),
          );
        },
      },
    };
    for (const [reason, driver] of Object.entries(failures)) {
      const { level, what } = await backUp({ driver });
      expect(level, reason).to.equal('problem');
      expect(what)
        .to.include(`nothing was written to ${target}`)
        .and.match(new RegExp(`${reason}|malformed`));
      expect(readdirSync(`${folder.path}/copies`), reason).to.deep.equal([]);
    }
  });

  it('refuses a target in a folder that does not exist', async () => {
    const file = `${folder.path}/missing/copy.db`;
    expect(await backUp({ file })).to.include({
      level: 'problem',
      what: `folder ${folder.path}/missing does not exist`,
    });
    expect(existsSync(`${folder.path}/missing`)).to.equal(false);
  });
});
