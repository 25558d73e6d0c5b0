import Database from 'libsql';
import type { Deadline } from '../../../ports/clock.ts';
import { type Backoff, retryWhile } from './retry.ts';
import { isBusy } from './sqlite-busy.ts';

/** How long to wait for a process that will share the store, but has it to itself for a moment while it starts. */
const OPEN_TIMEOUT_MS = 1000;

/** Another process has the store to itself. */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse';
  constructor() {
    super(
      'another process has it open for itself alone, as with CACHE=memory. ' +
        'Stop that one, or give this one another file, or let all of them use CACHE=none or a shared cache',
    );
  }
}

/**
 * Who has a store open, alone or with others: an open transaction on a second, empty SQLite file beside it.
 * The operating system drops the lock when the process ends, however it ends.
 */
export class SqliteFileLock {
  readonly #db: Database.Database;
  readonly #pauses: Backoff;
  #held: 'alone' | 'with others' | undefined;

  /** Takes the lock exclusively if nobody else holds it, else shares it. @throws {StoreInUse} */
  static async open(path: string, backoff: Backoff): Promise<SqliteFileLock> {
    const lock = new SqliteFileLock(path, backoff);
    await lock.#retry(backoff.clock.monotonic() + OPEN_TIMEOUT_MS, () => {
      if (lock.#attempt('BEGIN EXCLUSIVE')) lock.#held = 'alone';
      else lock.#join();
    });
    return lock;
  }

  private constructor(path: string, backoff: Backoff) {
    this.#db = new Database(path);
    this.#pauses = backoff;
  }

  get exclusive(): boolean {
    return this.#held === 'alone';
  }

  /**
   * Lets others in.
   * @throws {StoreInUse} when another process was quicker and keeps it to itself; then nothing is held, until this is
   *   called again
   */
  async share(deadline: Deadline): Promise<void> {
    if (this.#held === 'with others') return;
    this.#letGo();
    await this.#retry(deadline, () => this.#join());
  }

  release(): void {
    this.#letGo();
    this.#db.close();
  }

  #letGo(): void {
    this.#held = undefined;
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
  }

  #join(): void {
    this.#db.exec('BEGIN');
    if (this.#attempt('SELECT count(*) FROM sqlite_master')) this.#held = 'with others';
    else {
      this.#letGo();
      throw new StoreInUse();
    }
  }

  #retry(deadline: Deadline, attempt: () => void): Promise<void> {
    return retryWhile((error) => error instanceof StoreInUse, this.#pauses, deadline, attempt);
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
