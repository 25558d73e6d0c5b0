/** What SQLite stores and this adapter uses. */
type SqlValue = string | number | null;

/** A prepared statement. After each call it is reset: it keeps no transaction open. */
export interface SqliteStatement {
  all(...params: readonly SqlValue[]): unknown[];
  get(...params: readonly SqlValue[]): unknown;
  run(...params: readonly SqlValue[]): { readonly changes: number };
}

/** One connection. Every call blocks the event loop until SQLite answers; none waits for a lock (`SQLITE_BUSY`). */
export interface SqliteDatabase {
  readonly inTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  /** Prepares a statement that answers with one number: the fastest way to ask for it. */
  prepareNumber(sql: string): () => number;
  /** May leave the file open until the process ends. */
  close(): void;
}

/** A build of SQLite. Never open one file with two drivers in one process: closing one connection drops the other's locks. */
export interface SqliteDriver {
  readonly name: 'libsql' | 'node:sqlite';
  /** The version of SQLite, such as `3.51.3`. */
  readonly version: string;
  /** @param path absolute. With `readOnly`, nothing is created and the database is never changed */
  open(path: string, options?: { readonly readOnly?: boolean }): SqliteDatabase;
  /**
   * Copies a database as it is at one moment, while other connections write. Does not block the event loop.
   * @param target absolute; an empty file
   * @param progress called now and then with the number of bytes copied
   */
  copy(source: string, target: string, progress: (bytes: number) => void): Promise<void>;
}
