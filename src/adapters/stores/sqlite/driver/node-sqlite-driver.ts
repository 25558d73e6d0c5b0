import type { SqliteDatabase, SqliteDriver, SqliteStatement } from './sqlite-driver.ts';

/** The part of Node's own SQLite module that is used here; the type definitions are those of the oldest Node supported. */
interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly: boolean },
  ) => {
    readonly isTransaction: boolean;
    exec(sql: string): void;
    prepare(sql: string): SqliteStatement;
    close(): void;
  };
}

/** Node's own SQLite; `undefined` where this Node has none, or only behind a flag. */
export function nodeSqliteDriver(): SqliteDriver | undefined {
  const version = process.versions['sqlite'];
  const sqlite = process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined;
  if (version === undefined || sqlite === undefined) return undefined;
  return {
    name: 'node:sqlite',
    version,
    open: (path, { readOnly = false } = {}) => open(sqlite, path, readOnly),
  };
}

function open({ DatabaseSync }: NodeSqlite, path: string, readOnly: boolean): SqliteDatabase {
  const database = new DatabaseSync(path, { readOnly });
  return {
    get inTransaction() {
      return database.isTransaction;
    },
    exec: (sql) => database.exec(sql),
    prepare: (sql) => database.prepare(sql),
    close: () => database.close(),
  };
}
