import type { Deadline } from '../../../../ports/clock.ts';
import type { SqliteDriver } from '../driver/sqlite-driver.ts';
import { type Backoff, retryWhile } from '../retry.ts';
import { identityOf } from './file-identity.ts';
import { LockFile } from './lock-file.ts';
import { lockHolder } from './lock-holder.ts';

/** How long to wait for a process that will share the store, but holds it exclusively for a moment while it starts. */
const OPEN_TIMEOUT_MS = 1000;

/** Another process has opened the store exclusively. */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse';
  /** The id of that process, where the operating system reveals it. */
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
 * Tells which processes use a store, one alone or several: each holds an open transaction on a second, empty SQLite file
 * beside it. The operating system releases the lock when the process ends, however it ends.
 *
 * The lock keeps a second server from starting by mistake. No answer depends on it, since a file that is not the data
 * itself can be deleted, replaced or reached under another name (docs/adr/0009).
 */
export class SqliteFileLock {
  readonly #path: string;
  readonly #driver: SqliteDriver;
  readonly #backoff: Backoff;
  #file: LockFile;
  #mode: 'exclusive' | 'shared' = 'exclusive';
  #isHeld = false;

  /** Takes the lock exclusively if no other process holds it, else shares it. @throws {StoreInUse} */
  static async open(
    path: string,
    driver: SqliteDriver,
    backoff: Backoff,
    timeoutMs = OPEN_TIMEOUT_MS,
  ): Promise<SqliteFileLock> {
    const lock = new SqliteFileLock(path, driver, backoff);
    await lock.#retry(
      backoff.clock.monotonic() + timeoutMs,
      () => lock.#take('exclusive') || lock.#take('shared'),
    );
    return lock;
  }

  private constructor(path: string, driver: SqliteDriver, backoff: Backoff) {
    this.#path = path;
    this.#driver = driver;
    this.#backoff = backoff;
    this.#file = LockFile.open(path, driver);
  }

  get isExclusive(): boolean {
    return this.#isHeld && this.#mode === 'exclusive';
  }

  /**
   * Lets other processes in.
   * @throws {StoreInUse} another process took the lock exclusively in between; then this one holds nothing, until this
   *   is called again
   */
  async share(deadline: Deadline): Promise<void> {
    if (this.#isHeld && this.#mode === 'shared') return;
    this.#unlock();
    await this.#retry(deadline, () => this.#take('shared'));
  }

  /**
   * Takes the lock again, in the same way, where its file has been deleted or replaced since.
   * @returns whether it is held; `false` = another process holds the file that is there now
   */
  restore(): boolean {
    if (this.#isHeld && this.#isInPlace()) return true;
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

  #take(mode: 'exclusive' | 'shared'): boolean {
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

  #retry(deadline: Deadline, take: () => boolean): Promise<boolean> {
    return retryWhile(
      (error) => error instanceof StoreInUse,
      this.#backoff,
      deadline,
      () => {
        if (take()) return true;
        throw new StoreInUse(lockHolder(this.#path));
      },
    );
  }
}
