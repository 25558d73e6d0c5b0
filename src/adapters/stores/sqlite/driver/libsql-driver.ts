import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import type { SqliteDatabase, SqliteDriver } from './sqlite-driver.ts';

export const libsqlDriver: SqliteDriver = {
  name: 'libsql',
  version: bundledVersion(),
  open: (path, { readOnly = false } = {}) => open(readOnly ? `${pathToFileURL(path)}?mode=ro` : path),
};

function open(path: string): SqliteDatabase {
  return new Database(path) as unknown as SqliteDatabase;
}

function bundledVersion(): string {
  const [row] = open(':memory:').prepare('SELECT sqlite_version() AS version').all() as { version: string }[];
  return row?.version ?? 'unknown';
}
