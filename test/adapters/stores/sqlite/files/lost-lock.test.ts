import { rmSync } from 'node:fs';
import { expect } from 'chai';
import type { SqliteUserStore } from '../../../../../src/adapters/stores/sqlite/sqlite-user-store.ts';
import { userKey } from '../../../../../src/domain/records.ts';
import { StoreUnavailable } from '../../../../../src/ports/errors.ts';
import { aChange, aUser, create } from '../../../../support/accounts.ts';
import { rejectionOf } from '../../../../support/rejection-of.ts';
import { openSqliteFile } from '../../../../support/sqlite.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const NEVER = Number.POSITIVE_INFINITY;

describe('a store whose lock file was deleted, so that a second process has opened it exclusively', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let first: SqliteUserStore;
  let second: SqliteUserStore;

  beforeEach(async () => {
    folder = temporaryFolder();
    const path = `${folder.path}/rollcall.db`;
    first = await openSqliteFile(path);
    await first.replaceMeta(undefined, { storeId: 'one', generation: 1, cache: 'memory' }, NEVER);
    rmSync(`${path}-lock`);
    second = await openSqliteFile(path);
    expect(second.exclusive).to.equal(true);
  });
  afterEach(() => {
    first.close();
    second.close();
    folder.remove();
  });

  function commit(store: SqliteUserStore): Promise<void> {
    const user = aUser();
    return store.commit(aChange([create(userKey(user.username), user)]), NEVER);
  }

  async function register(store: SqliteUserStore, cache: string): Promise<void> {
    const { meta } = await store.readMeta(NEVER);
    expect(await store.replaceMeta(meta, { storeId: 'two', generation: 2, cache }, NEVER)).to.equal(true);
  }

  it('commits nothing after the other process has registered another cache, also after that process has ended', async () => {
    await register(second, 'redis rollcall:');
    first.dataVersion();
    expect((await rejectionOf(commit(first), StoreUnavailable)).message).to.include('"redis rollcall:"');
    second.close();
    expect((await rejectionOf(commit(first), StoreUnavailable)).message).to.include('"redis rollcall:"');
    await rejectionOf(first.removeExpired(new Date().toISOString(), 1, NEVER), StoreUnavailable);
  });

  it('still commits while the registered cache is its own', async () => {
    first.dataVersion();
    await commit(first);
    await commit(second);
    await register(second, 'memory');
    first.dataVersion();
    await commit(first);
  });

  it('commits again after it has registered its own cache itself', async () => {
    await register(second, 'redis rollcall:');
    second.close();
    await register(first, 'memory');
    first.dataVersion();
    await commit(first);
  });
});
