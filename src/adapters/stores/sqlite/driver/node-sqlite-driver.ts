import type { SqliteDatabase, SqliteDriver, SqliteStatement } from './sqlite-driver.ts';

/** The part of Node's own SQLite module that is used here; the type definitions are those of the oldest Node supported. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: { readonly readOnly: boolean }) => NodeDatabase;
  backup(
    source: NodeDatabase,
    target: string,
    options: {
      /** Pages in each step. */
      readonly rate: number;
      readonly progress: (state: { readonly totalPages: number; readonly remainingPages: number }) => void;
    },
  ): Promise<number>;
}

interface NodeDatabase {
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement & { setReturnArrays(enabled: boolean): void };
  close(): void;
}

const PAGES_PER_STEP = 1000;

/** Node's own SQLite; `undefined` where this Node has none, or only behind a flag. */
export function nodeSqliteDriver(): SqliteDriver | undefined {
  const version = process.versions['sqlite'];
  const sqlite = process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined;
  if (version === undefined || sqlite === undefined) return undefined;
  return {
    name: 'node:sqlite',
    version,
    open: (path, { readOnly = false } = {}) => open(sqlite, path, readOnly),
    copy: (source, target, progress) => copy(sqlite, source, target, progress),
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
    prepareNumber: (sql) => {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return () => (statement.get() as readonly [number])[0];
    },
    close: () => database.close(),
  };
}

/** Within a read transaction, so that all steps copy the same moment: otherwise each foreign commit starts it over. */
async function copy(
  { DatabaseSync, backup }: NodeSqlite,
  source: string,
  target: string,
  progress: (bytes: number) => void,
): Promise<void> {
  const db = new DatabaseSync(source, { readOnly: true });
  try {
    db.exec('BEGIN; SELECT count(*) FROM sqlite_master');
    const { page_size: pageSize } = db.prepare('PRAGMA page_size').get() as { page_size: number };
    const report = ({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }) =>
      progress((totalPages - remainingPages) * pageSize);
    await backup(db, target, { rate: PAGES_PER_STEP, progress: report });
  } finally {
    db.close();
  }
}
