import type { Clock, Deadline } from '../../../../ports/clock.ts';
import { StoreUnavailable } from '../../../../ports/errors.ts';
import type { OpenFiles } from './open-files.ts';
import type { SqliteFileLock } from './sqlite-file-lock.ts';

/** How often the files are checked while the store is used. */
const CHECK_INTERVAL_MS = 1000;

/** The files of an open database, and the lock that keeps other servers out. */
export class HeldFiles {
  readonly #files: OpenFiles;
  readonly #lock: SqliteFileLock;
  readonly #clock: Clock;
  #checkedAt: number;

  constructor(files: OpenFiles, lock: SqliteFileLock, clock: Clock) {
    this.#files = files;
    this.#lock = lock;
    this.#clock = clock;
    this.#checkedAt = clock.monotonic();
  }

  get isExclusive(): boolean {
    return this.#lock.isExclusive;
  }

  /** Whether the lock file has ever disappeared, so that another server may have been let in. */
  get wasUnlocked(): boolean {
    return this.#lock.wasReplaced;
  }

  /** Whether the log of the database is still the one that this process has open. */
  get isLogInPlace(): boolean {
    return this.#lock.isExclusive || this.#files.missing() === undefined;
  }

  /** @throws {StoreInUse} */
  share(deadline: Deadline): Promise<void> {
    return this.#lock.share(deadline);
  }

  /** Checks the files if the last check is a second ago. @throws {StoreUnavailable} see `checkNow` */
  check(now = this.#clock.monotonic()): void {
    if (now - this.#checkedAt >= CHECK_INTERVAL_MS) this.checkNow(now);
  }

  /**
   * Checks that the open files are still found at their paths, and restores the lock if its file has disappeared.
   * @returns whether the lock is held
   * @throws {StoreUnavailable} a file was deleted or replaced: writes to it would be lost, and reads may be stale
   */
  checkNow(now = this.#clock.monotonic()): boolean {
    const missing = this.#files.missing();
    if (missing !== undefined) {
      throw new StoreUnavailable(
        `${missing} was deleted or replaced while this process had it open. Stop this process, put the right database in place, and start again.`,
      );
    }
    this.#checkedAt = now;
    return this.#lock.restore();
  }

  release(): void {
    this.#lock.release();
  }
}
