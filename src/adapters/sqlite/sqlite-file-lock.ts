import Database from 'libsql';
import { isBusy } from './sqlite-busy.ts';

/** Another process has the store to itself. */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse';
}

/**
 * Who has a store open, alone or with others: an open transaction on a second, empty SQLite file beside it.
 * The operating system drops the lock when the process ends, however it ends.
 */
export class SqliteFileLock {
  readonly #db: Database.Database;
  #exclusive: boolean;

  /** Takes the lock exclusively if nobody else holds it, else shares it. @throws {StoreInUse} */
  constructor(path: string) {
    this.#db = new Database(path);
    this.#exclusive = this.#attempt('BEGIN EXCLUSIVE');
    if (!this.#exclusive) this.#join();
  }

  get exclusive(): boolean {
    return this.#exclusive;
  }

  /** Lets others in. @throws {StoreInUse} when another process was quicker and took it for itself */
  share(): void {
    if (!this.#exclusive) return;
    this.#db.exec('ROLLBACK');
    this.#exclusive = false;
    this.#join();
  }

  release(): void {
    this.#db.exec('ROLLBACK');
    this.#db.close();
  }

  #join(): void {
    this.#db.exec('BEGIN');
    if (this.#attempt('SELECT count(*) FROM sqlite_master')) return;
    this.#db.exec('ROLLBACK');
    throw new StoreInUse('another process has it open, for itself alone');
  }

  #attempt(sql: string): boolean {
    try {
      this.#db.exec(sql);
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
  }
}
