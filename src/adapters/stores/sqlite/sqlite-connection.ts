import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import type { Deadline } from '../../../ports/clock.ts';
import { OutcomeUnknown, StoreUnavailable } from '../../../ports/errors.ts';
import { type Backoff, retryWhile } from './retry.ts';
import { migrate } from './schema.ts';
import { isBusy } from './sqlite-busy.ts';
import { SqliteFileLock } from './sqlite-file-lock.ts';
import { prepareStatements, type Statements } from './statements.ts';

const OPEN_TIMEOUT_MS = 5000;

/**
 * The open file and its transactions. SQLite's calls block the event loop, so nothing here waits inside SQLite: where
 * another process holds the write lock, the attempt is repeated after a pause, until the deadline.
 */
export class SqliteConnection {
  readonly lock: SqliteFileLock;
  readonly statements: Statements;
  readonly #db: Database.Database;
  readonly #pauses: Backoff;

  /**
   * Opens the file, alone if no other process has it open, else with them. Makes its folder if need be.
   * @throws {StoreInUse | SchemaTooNew} and whatever SQLite says of the file
   */
  static async open(path: string, backoff: Backoff): Promise<SqliteConnection> {
    ensureDirectory(dirname(path));
    const lock = await SqliteFileLock.open(`${path}-lock`, backoff);
    try {
      const db = new Database(path);
      await retryWhile(isBusy, backoff, backoff.clock.monotonic() + OPEN_TIMEOUT_MS, () => {
        db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
        migrate(db);
      });
      return new SqliteConnection(db, lock, backoff);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private constructor(db: Database.Database, lock: SqliteFileLock, backoff: Backoff) {
    this.lock = lock;
    this.statements = prepareStatements(db);
    this.#db = db;
    this.#pauses = backoff;
  }

  close(): void {
    this.#db.close();
    this.lock.release();
  }

  /** Everything that `work` reads is one snapshot. @throws {StoreUnavailable} */
  read<T>(deadline: Deadline, work: () => T): Promise<T> {
    return this.#run(deadline, () => {
      this.#db.exec('BEGIN');
      try {
        return work();
      } finally {
        this.#db.exec('COMMIT');
      }
    });
  }

  /**
   * Runs `work` as one transaction, begun with the write lock in hand and before the deadline.
   * @throws {StoreUnavailable | OutcomeUnknown} and whatever `work` throws, everything undone
   */
  write<T>(deadline: Deadline, work: () => T): Promise<T> {
    return this.#run(deadline, () => {
      this.#db.exec('BEGIN IMMEDIATE');
      let result: T;
      try {
        if (this.#pauses.clock.monotonic() > deadline) throw late();
        result = work();
      } catch (error) {
        this.#db.exec('ROLLBACK');
        throw error;
      }
      this.#commit();
      return result;
    });
  }

  async #run<T>(deadline: Deadline, attempt: () => T): Promise<T> {
    if (this.#pauses.clock.monotonic() > deadline) throw late();
    try {
      return await retryWhile(isBusy, this.#pauses, deadline, attempt);
    } catch (error) {
      if (isBusy(error)) throw late();
      if (!(error instanceof Database.SqliteError)) throw error;
      throw new StoreUnavailable('SQLite refused.', { cause: error });
    }
  }

  #commit(): void {
    try {
      this.#db.exec('COMMIT');
    } catch (cause) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw new OutcomeUnknown('SQLite could not say whether the change is on disk.', { cause });
    }
  }
}

function late(): StoreUnavailable {
  return new StoreUnavailable('The deadline passed before SQLite was free.');
}

/** Step by step: Node's `recursive` never ends where a folder is, but can hold no other, as in /proc. */
function ensureDirectory(path: string): void {
  if (dirname(path) === path || isFolder(path)) return;
  ensureDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been quicker.
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
