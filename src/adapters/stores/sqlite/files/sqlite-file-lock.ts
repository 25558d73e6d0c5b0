import type { Deadline } from '../../../../ports/clock.ts';
import type { SqliteDriver } from '../driver/sqlite-driver.ts';
import { type Backoff, retryWhile } from '../retry.ts';
import { identityOf } from './file-identity.ts';
import { LockFile } from './lock-file.ts';
import { lockHolder } from './lock-holder.ts';

/** How long to wait for a starting process, which holds the lock exclusively for a short time before it shares it. */
const OPEN_TIMEOUT_MS = 1000;

/** Another process has opened the store exclusively. */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse';
  /** The id of that process, if the operating system reveals it. */
  readonly pid: number | undefined;

  constructor(pid: number | undefined) {
    super(
      `another process${pid === undefined ? '' : ` (pid ${pid})`} has opened it exclusively, as a server with CACHE=memory does. ` +
        'Stop that process, or set another SQLITE_PATH here, or run all of them with CACHE=none or a shared cache',
    );
    this.pid = pid;
  }
}

/**
 * Detects whether one process or several use a store: each process holds an open transaction on a second, empty SQLite
 * file next to the database. The operating system releases the lock when the process ends, even if it crashes.
 *
 * The lock prevents an accidental start of a second server. Correctness does not depend on it, since a file other than
 * the database can be deleted, replaced or reached under another name (docs/adr/0009).
 */
export class SqliteFileLock {
  readonly #path: string;
  readonly #driver: SqliteDriver;
  readonly #backoff: Backoff;
  #file: LockFile;
  #mode: 'exclusive' | 'shared' = 'exclusive';
  #isHeld = false;
  #wasReplaced = false;

  /** Acquires the lock exclusively if no other process holds it, otherwise in shared mode. @throws {StoreInUse} */
  static async open(
    path: string,
    driver: SqliteDriver,
    backoff: Backoff,
    timeoutMs = OPEN_TIMEOUT_MS,
  ): Promise<SqliteFileLock> {
    const lock = new SqliteFileLock(path, driver, backoff);
    await lock.#retry(
      backoff.clock.monotonic() + timeoutMs,
      () => lock.#acquire('exclusive') || lock.#acquire('shared'),
    );
    return lock;
  }

  private constructor(path: string, driver: SqliteDriver, backoff: Backoff) {
    this.#path = path;
    this.#driver = driver;
    this.#backoff = backoff;
    this.#file = LockFile.open(path, driver);
  }

  /** Whether the lock file was ever found deleted or replaced. */
  get wasReplaced(): boolean {
    return this.#wasReplaced;
  }

  get isExclusive(): boolean {
    return this.#isHeld && this.#mode === 'exclusive';
  }

  /**
   * Downgrades the lock to shared mode.
   * @throws {StoreInUse} another process acquired the lock exclusively in between; this process then holds no lock until
   *   it calls `share` again
   */
  async share(deadline: Deadline): Promise<void> {
    if (this.#isHeld && this.#mode === 'shared') return;
    this.#mode = 'shared';
    this.#unlock();
    await this.#retry(deadline, () => this.#acquire('shared'));
  }

  /**
   * Acquires the lock again in the same mode if its file was deleted or replaced.
   * @returns whether the lock is held; `false` = another process holds the lock on the present file
   */
  restore(): boolean {
    const isInPlace = this.#isInPlace();
    if (this.#isHeld && isInPlace) return true;
    this.#wasReplaced ||= !isInPlace;
    const next = LockFile.open(this.#path, this.#driver);
    this.#isHeld = next.lock(this.#mode);
    if (!this.#isHeld) next.close();
    else {
      this.#file.close();
      this.#file = next;
    }
    return this.#isHeld;
  }

  release(): void {
    this.#isHeld = false;
    this.#file.close();
  }

  #acquire(mode: 'exclusive' | 'shared'): boolean {
    this.#mode = mode;
    this.#isHeld = this.#file.lock(mode);
    return this.#isHeld && this.restore();
  }

  #unlock(): void {
    this.#isHeld = false;
    this.#file.unlock();
  }

  #isInPlace(): boolean {
    const { identity } = this.#file;
    return identity !== undefined && identity === identityOf(this.#path);
  }

  #retry(deadline: Deadline, acquire: () => boolean): Promise<boolean> {
    return retryWhile(
      (error) => error instanceof StoreInUse,
      this.#backoff,
      deadline,
      () => {
        if (acquire()) return true;
        throw new StoreInUse(lockHolder(this.#path));
      },
    );
  }
}
