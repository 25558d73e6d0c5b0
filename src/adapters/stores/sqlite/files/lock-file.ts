import { isBusy } from '../driver/result-code.ts';
import type { SqliteDatabase, SqliteDriver } from '../driver/sqlite-driver.ts';
import { identityOf } from './file-identity.ts';
import { createPrivateFile } from './private-file.ts';

/** A connection to an empty SQLite file, used for its locks only. */
export class LockFile {
  /** Of the open file; `undefined` = it was deleted or replaced while it was opened. */
  readonly identity: string | undefined;
  readonly #db: SqliteDatabase;

  /** Creates the file if need be. */
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

  /** @returns `false` = another process holds it so that this is not possible; then nothing is held here */
  lock(mode: 'exclusive' | 'shared'): boolean {
    try {
      // Nothing is ever written, so that no journal file is needed.
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
