import { chooseDriver } from '../../src/adapters/stores/sqlite/driver/choose-driver.ts';
import { type SqliteOptions, SqliteUserStore } from '../../src/adapters/stores/sqlite/sqlite-user-store.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import type { StoreUnderTest } from '../contracts/user-store-contract.ts';
import { temporaryFolder } from './temporary-folder.ts';

export async function openSqliteFile(
  path: string,
  options: Partial<SqliteOptions> = {},
): Promise<SqliteUserStore> {
  return SqliteUserStore.open({
    path,
    driver: await chooseDriver(),
    clock: new SystemClock(),
    ids: new UuidIds(),
    tombstoneTtlMs: 7 * 86_400_000,
    ...options,
  });
}

/** A new database file, which several handles can share. */
export async function openSqlite(): Promise<StoreUnderTest> {
  const folder = temporaryFolder();
  const path = `${folder.path}/rollcall.db`;
  const handles = [await openSqliteFile(path)];
  return {
    store: handles[0] as SqliteUserStore,
    openAnother: async () => {
      await handles[0]?.share(performance.now() + 1000);
      const handle = await openSqliteFile(path);
      handles.push(handle);
      return handle;
    },
    close: async () => {
      for (const handle of handles) handle.close();
      folder.remove();
    },
  };
}
