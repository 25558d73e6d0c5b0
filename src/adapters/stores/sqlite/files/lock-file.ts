import { isBusy } from '../driver/result-code.ts';
import type { SqliteDatabase, SqliteDriver } from '../driver/sqlite-driver.ts';
import { identityOf } from './file-identity.ts';
import { createPrivateFile } from './private-file.ts';

/** A connection to an empty SQLite file, used for its locks only. */
export class LockFile {
  /** Identity of the open file; `undefined` = the file was deleted or replaced during the open. */
  readonly identity: string | undefined;
  readonly #db: SqliteDatabase;

  /** Creates the file if it does not exist. */
  static open(path: string, driver: SqliteDriver): LockFile {
    createPrivateFile(path);
    const before = identityOf(path);
    const db = driver.open(path);
    return new LockFile(db, identityOf(path) === before ? before : undefined);
  }

  private constructor(db: SqliteDatabase, identity: string | undefined) {
    this.#db = db;
    this.identity = identity;
  }

  /** @returns `false` = another process holds a conflicting lock; this process then holds none */
  lock(mode: 'exclusive' | 'shared'): boolean {
    try {
      // The file is never written, so no journal file is needed.
      this.#db.exec('PRAGMA journal_mode = MEMORY');
      this.#db.exec(mode === 'exclusive' ? 'BEGIN EXCLUSIVE' : 'BEGIN; SELECT count(*) FROM sqlite_master');
      return true;
    } catch (error) {
      this.unlock();
      if (isBusy(error)) return false;
      throw error;
    }
  }

  unlock(): void {
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
  }

  close(): void {
    this.unlock();
    this.#db.close();
  }
}
