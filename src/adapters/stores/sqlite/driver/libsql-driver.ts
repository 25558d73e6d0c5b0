import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import AsyncDatabase from 'libsql/promise';
import type { SqliteDatabase, SqliteDriver, SqliteStatement } from './sqlite-driver.ts';

const REPORT_INTERVAL_MS = 100;

export const libsqlDriver: SqliteDriver = {
  name: 'libsql',
  version: bundledVersion(),
  open: (path, { readOnly = false } = {}) => open(readOnly ? readOnlyUri(path) : path),
  copy,
};

function open(path: string): SqliteDatabase {
  const database = new Database(path);
  return {
    get inTransaction() {
      return database.inTransaction;
    },
    exec: (sql) => void database.exec(sql),
    prepare: (sql) => database.prepare(sql) as SqliteStatement,
    prepareNumber: (sql) => {
      const statement = database.prepare(sql).raw();
      return () => (statement.get() as readonly [number])[0];
    },
    close: () => void database.close(),
  };
}

function readOnlyUri(path: string): string {
  return `${pathToFileURL(path)}?mode=ro`;
}

function bundledVersion(): string {
  const [row] = open(':memory:').prepare('SELECT sqlite_version() AS version').all() as { version: string }[];
  return row?.version ?? 'unknown';
}

/** In one statement on a thread of its own, which says nothing of its progress: the growing file does. */
async function copy(source: string, target: string, progress: (bytes: number) => void): Promise<void> {
  const db = new AsyncDatabase(readOnlyUri(source), {});
  const reports = setInterval(() => progress(statSync(target).size), REPORT_INTERVAL_MS);
  try {
    await db.exec(`VACUUM INTO '${target.replaceAll("'", "''")}'`);
    progress(statSync(target).size);
  } finally {
    clearInterval(reports);
    db.close();
  }
}
