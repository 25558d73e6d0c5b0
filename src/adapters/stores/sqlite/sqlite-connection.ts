import type { Deadline } from '../../../ports/clock.ts';
import { OutcomeUnknown, StoreUnavailable } from '../../../ports/errors.ts';
import { isBusy, isFull, resultCodeOf } from './driver/result-code.ts';
import type { SqliteDatabase, SqliteDriver } from './driver/sqlite-driver.ts';
import { reachableDatabasePath } from './files/database-path.ts';
import { HeldFiles } from './files/held-files.ts';
import { OpenFiles } from './files/open-files.ts';
import { companionFiles, prepareFiles } from './files/prepare-files.ts';
import { SqliteFileLock } from './files/sqlite-file-lock.ts';
import { type Backoff, retryWhile } from './retry.ts';
import { migrate, rewriteHeader } from './schema.ts';
import { prepareStatements, type Statements } from './statements.ts';

const OPEN_TIMEOUT_MS = 5000;

export interface ConnectionOptions extends Backoff {
  readonly driver: SqliteDriver;
  readonly path: string;
}

/**
 * The open database and its transactions. SQLite's calls block the event loop, so nothing here waits inside SQLite: where
 * another connection holds the write lock, the attempt is repeated after a short wait, until the deadline.
 */
export class SqliteConnection {
  readonly statements: Statements;
  readonly #db: SqliteDatabase;
  readonly #backoff: Backoff;
  readonly #files: HeldFiles;
  readonly #readDataVersion: () => number;
  #dataVersion: number;
  #hasFailedToWrite = false;
  #isClosed = false;

  /**
   * Opens the file, exclusively if no other process has it open, else shared. Creates it and its folder if need be.
   * @throws {UnusableFile | StoreInUse | SchemaTooNew} and whatever SQLite says of the file
   */
  static async open({ driver, path, ...backoff }: ConnectionOptions): Promise<SqliteConnection> {
    const real = reachableDatabasePath(path);
    const companions = companionFiles(real);
    prepareFiles(real);
    const lock = await SqliteFileLock.open(companions.lock, driver, backoff);
    const db = driver.open(real);
    try {
      await retryWhile(isBusy, backoff, backoff.clock.monotonic() + OPEN_TIMEOUT_MS, () => {
        db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
        migrate(db);
      });
      const files = new HeldFiles(new OpenFiles([real, ...companions.log]), lock, backoff.clock);
      return new SqliteConnection(db, files, backoff);
    } catch (error) {
      db.close();
      lock.release();
      throw error;
    }
  }

  private constructor(db: SqliteDatabase, files: HeldFiles, backoff: Backoff) {
    this.statements = prepareStatements(db);
    this.#db = db;
    this.#files = files;
    this.#backoff = backoff;
    this.#readDataVersion = db.prepareNumber('PRAGMA data_version');
    this.#dataVersion = this.#readDataVersion();
  }

  get isExclusive(): boolean {
    return this.#files.isExclusive;
  }

  /** Whether the lock file has ever disappeared, so that another server may have been let in. */
  get wasUnlocked(): boolean {
    return this.#files.wasUnlocked;
  }

  /** @throws {StoreInUse} */
  share(deadline: Deadline): Promise<void> {
    return this.#files.share(deadline);
  }

  /** Closes the database. What was committed is in the one file afterwards, unless another process still uses its log. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // The log of a file that was replaced belongs to another database by now.
    if (this.#files.isLogInPlace) this.#checkpoint();
    this.#db.close();
    this.#files.release();
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
   * Runs `work` as one transaction, begun with the write lock held and before the deadline.
   * @throws {StoreUnavailable | OutcomeUnknown} and whatever `work` throws, everything undone
   */
  write<T>(deadline: Deadline, work: () => T): Promise<T> {
    return this.#run(deadline, () => {
      try {
        this.#db.exec('BEGIN IMMEDIATE');
        if (this.#backoff.clock.monotonic() > deadline) throw late();
        const result = work();
        this.#commit();
        this.#hasFailedToWrite = false;
        return result;
      } catch (error) {
        this.#hasFailedToWrite ||= resultCodeOf(error) !== undefined && !isBusy(error);
        // SQLite itself rolls back where the disk is full.
        if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /**
   * A number that changes as soon as another connection, of any process, has committed. It is true at the moment of the
   * call.
   * @throws {StoreUnavailable}
   */
  dataVersion(): number {
    this.#requireOpen();
    this.#files.check();
    try {
      const version = this.#readDataVersion();
      // Whoever has committed may have been let in because the lock file has disappeared.
      if (version !== this.#dataVersion) this.#files.checkNow();
      this.#dataVersion = version;
      return version;
    } catch (cause) {
      throw new StoreUnavailable('SQLite cannot report whether another program has written.', { cause });
    }
  }

  /**
   * Whether this process can go on: its files are in place, it still holds its lock, and the disk takes a write again
   * where it refused the last one.
   * @throws {StoreUnavailable} names the reason and what to do
   */
  async selfCheck(deadline: Deadline): Promise<void> {
    this.#requireOpen();
    if (!this.#files.checkNow()) {
      throw new StoreUnavailable(
        'The lock file was deleted, and another process has opened the store since. Stop one of the two.',
      );
    }
    if (this.#hasFailedToWrite) await this.write(deadline, () => rewriteHeader(this.#db));
  }

  async #run<T>(deadline: Deadline, attempt: () => T): Promise<T> {
    const now = this.#backoff.clock.monotonic();
    if (now > deadline) throw late();
    this.#files.check(now);
    try {
      return await retryWhile(isBusy, this.#backoff, deadline, () => {
        this.#requireOpen();
        return attempt();
      });
    } catch (error) {
      if (isBusy(error)) throw late();
      if (resultCodeOf(error) === undefined) throw error;
      throw refused(error);
    }
  }

  /** libsql (0.5.29) ends the process if a closed database is used. @throws {StoreUnavailable} */
  #requireOpen(): void {
    if (this.#isClosed) throw new StoreUnavailable('The store is closed.');
  }

  #commit(): void {
    try {
      this.#db.exec('COMMIT');
    } catch (cause) {
      // The commit record is written last: where the disk was full before, it does not exist.
      if (isBusy(cause) || isFull(cause)) throw cause;
      this.#hasFailedToWrite = true;
      throw new OutcomeUnknown('SQLite failed while it synced the change to disk.', { cause });
    }
  }

  #checkpoint(): void {
    try {
      this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
    } catch {
      // The log is kept, and read again by the next process that opens the file.
    }
  }
}

function late(): StoreUnavailable {
  return new StoreUnavailable('The deadline passed before SQLite was free.');
}

function refused(cause: unknown): StoreUnavailable {
  const message = isFull(cause)
    ? 'The disk of the database, or a quota on it, is full. Nothing was changed; free some space.'
    : `SQLite refused: ${(cause as Error).message}. Nothing was changed.`;
  return new StoreUnavailable(message, { cause });
}
