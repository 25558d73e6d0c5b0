import { execFileSync } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { isMountPoint } from '../../../../../src/adapters/stores/sqlite/files/mount-points.ts';
import { UnusableFile } from '../../../../../src/adapters/stores/sqlite/files/unusable-file.ts';
import type { SqliteUserStore } from '../../../../../src/adapters/stores/sqlite/sqlite-user-store.ts';
import { userKey } from '../../../../../src/domain/records.ts';
import { StoreUnavailable } from '../../../../../src/ports/errors.ts';
import { aChange, aUser, create } from '../../../../support/accounts.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { openSqliteFile } from '../../../../support/sqlite.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const NEVER = Number.POSITIVE_INFINITY;

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: unknown) => error,
  );

describe('SQLite files that cannot be used', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let root: string;
  let path: string;

  beforeEach(() => {
    folder = temporaryFolder();
    root = realpathSync(folder.path);
    path = `${root}/rollcall.db`;
  });
  afterEach(() => folder.remove());

  const refusalOf = async (file: string): Promise<string> => {
    const failure = await failureOf(openSqliteFile(file));
    expect(failure).to.be.instanceOf(UnusableFile);
    return (failure as Error).message;
  };

  it('are refused: a folder, a file with two hard links, and a path below a file', async () => {
    mkdirSync(path);
    expect(await refusalOf(path)).to.include(`${path} is not a regular file`);
    const file = `${root}/file.db`;
    (await openSqliteFile(file)).close();
    linkSync(file, `${root}/other.db`);
    for (const name of [file, `${root}/other.db`]) {
      expect(await refusalOf(name)).to.include(`${name} has 2 hard links`);
    }
    rmSync(`${root}/other.db`);
    (await openSqliteFile(file)).close();
    expect(await refusalOf(`${file}/below.db`)).to.include(`${file}/below.db cannot be reached (ENOTDIR)`);
  });

  it('are detected if a single file is mounted', () => {
    const mounts = [
      '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
      '42 22 254:0 /srv/some.db /data/with\\040blank/some.db rw,relatime - ext4 /dev/vda rw',
      '43 22 254:0 /srv/x /data/back\\134slash rw,relatime shared:1 - ext4 /dev/vda rw',
    ].join('\n');
    expect(isMountPoint('/data/with blank/some.db', mounts)).to.equal(true);
    expect(isMountPoint('/data/back\\slash', mounts)).to.equal(true);
    expect(isMountPoint('/data/with blank', mounts)).to.equal(false);
    expect(isMountPoint('/srv/some.db', mounts)).to.equal(false);
    expect(isMountPoint('/', mounts)).to.equal(true);
    expect(isMountPoint(path)).to.equal(false);
  });

  describe('while they are open', () => {
    const user = aUser();
    const key = userKey(user.username);
    let clock: ManualClock;
    let store: SqliteUserStore;

    beforeEach(async () => {
      clock = new ManualClock();
      store = await openSqliteFile(path, { clock });
      await store.commit(aChange([create(key, user)]), NEVER);
    });
    afterEach(() => store.close());

    const faults: Readonly<Record<string, () => string>> = {
      'the database is deleted': () => {
        rmSync(path);
        return path;
      },
      'the database is replaced': () => {
        cpSync(path, `${path}-new`);
        renameSync(`${path}-new`, path);
        return path;
      },
      'the log is deleted': () => {
        rmSync(`${path}-wal`);
        return `${path}-wal`;
      },
      'the index of the log is deleted': () => {
        rmSync(`${path}-shm`);
        return `${path}-shm`;
      },
    };

    for (const [what, inject] of Object.entries(faults)) {
      it(`${what}: all operations fail within a second`, async () => {
        const missing = inject();
        await clock.advance(1000);
        const attempts = [
          store.commit(aChange([create(userKey(aUser().username), aUser())]), NEVER),
          store.readMany([key], NEVER),
          store.selfCheck(NEVER),
          (async () => store.dataVersion())(),
        ];
        for (const attempt of attempts) {
          const failure = await failureOf(attempt);
          expect(failure).to.be.instanceOf(StoreUnavailable);
          expect((failure as Error).message).to.include(`${missing} was deleted or replaced`);
        }
      });
    }

    it('the log is deleted: earlier acknowledged writes are saved when the store is closed', async () => {
      rmSync(`${path}-wal`);
      store.close();
      store = await openSqliteFile(path);
      expect((await store.readMany([key], NEVER))[0].record).to.deep.equal(user);
    });

    it('the lock file is deleted: it is created and locked again within a second', async () => {
      rmSync(`${path}-lock`);
      await clock.advance(1000);
      await store.readMany([key], NEVER);
      expect(String(await failureOf(openSqliteFile(path)))).to.include('another process');
      expect(await failureOf(store.selfCheck(NEVER))).to.equal('done');
    });

    it('another process opens the store after the lock file was deleted: the self-check fails until that process ends', async () => {
      rmSync(`${path}-lock`);
      const second = await openSqliteFile(path);
      const failure = await failureOf(store.selfCheck(NEVER));
      expect(failure).to.be.instanceOf(StoreUnavailable);
      expect((failure as Error).message).to.include('Stop one');
      expect(store.exclusive).to.equal(false);
      second.close();
      expect(await failureOf(store.selfCheck(NEVER))).to.equal('done');
      expect(store.exclusive).to.equal(true);
    });
  });

  it('have a data version that changes with commits of other processes only', async () => {
    const store = await openSqliteFile(path);
    const versions = [store.dataVersion()];
    await store.commit(aChange([create(userKey(aUser().username), aUser())]), NEVER);
    versions.push(store.dataVersion());
    execFileSync(process.execPath, ['--import', 'tsx/esm', '-e', OTHER_PROCESS, path]);
    versions.push(store.dataVersion(), store.dataVersion());
    store.close();
    const [first, own, foreign, again] = versions;
    expect(own).to.equal(first);
    expect(foreign).not.to.equal(first);
    expect(again).to.equal(foreign);
  });
});

const OTHER_PROCESS = `
  const { chooseDriver } = await import(${JSON.stringify(new URL('../../../../../src/adapters/stores/sqlite/driver/choose-driver.ts', import.meta.url).href)});
  (await chooseDriver()).open(process.argv[1]).exec("DELETE FROM records");
`;
