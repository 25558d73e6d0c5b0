import { nodeSqliteDriver } from './node-sqlite-driver.ts';
import type { SqliteDriver } from './sqlite-driver.ts';
import { hasWalResetDefect } from './wal-reset-defect.ts';

/** Node's own SQLite where it is free of the WAL-reset defect; otherwise that of libsql, which runs on every Node. */
export async function chooseDriver(): Promise<SqliteDriver> {
  const { sqlite } = process.versions;
  const own = sqlite === undefined || hasWalResetDefect(sqlite) ? undefined : nodeSqliteDriver();
  return own ?? (await import('./libsql-driver.ts')).libsqlDriver;
}
