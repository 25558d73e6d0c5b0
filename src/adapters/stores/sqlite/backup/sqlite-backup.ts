import { existsSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Finding } from '../../../../ports/diagnosis.ts';
import { reasonOf } from '../../../../ports/errors.ts';
import type { BackupSource, Progress } from '../../../../ports/maintenance.ts';
import type { SqliteDriver } from '../driver/sqlite-driver.ts';
import { createPrivateFile } from '../files/private-file.ts';
import type { SqliteInspection } from '../inspection/sqlite-inspection.ts';
import { publishFile } from './publish-file.ts';

const BYTES_PER_MB = 1_000_000;

/**
 * Copies a consistent snapshot of the database, which a service may have open. Writers are not blocked. SQLite's log
 * cannot be reset during the copy, so it grows with every concurrent write.
 */
export class SqliteBackup implements BackupSource {
  readonly #source: SqliteInspection;

  constructor(source: SqliteInspection) {
    this.#source = source;
  }

  async backUp(file: string, progress: Progress): Promise<readonly Finding[]> {
    const target = resolve(file);
    if (existsSync(target)) {
      const what = `${target} already exists and was not overwritten`;
      return [{ level: 'problem', what, advice: 'choose the name of a new file for the backup' }];
    }
    if (!existsSync(dirname(target))) {
      const what = `folder ${dirname(target)} does not exist`;
      return [{ level: 'problem', what, advice: 'create it, or choose a file in an existing folder' }];
    }
    const { driver, path } = this.#source;
    const partial = `${target}.partial-${process.pid}`;
    try {
      createPrivateFile(partial);
      await this.#copy(partial, progress);
      checkCopy(driver, partial);
      const megabytes = publishFile(partial, target) / BYTES_PER_MB;
      return [
        {
          level: 'ok',
          what: `backup: ${path} was copied to ${target} (${megabytes.toFixed(1)} MB) and verified`,
        },
      ];
    } catch (error) {
      for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${partial}${suffix}`, { force: true });
      return [{ level: 'problem', what: `backup: nothing was written to ${target}: ${reasonOf(error)}` }];
    }
  }

  async #copy(partial: string, progress: Progress): Promise<void> {
    const { driver, path } = this.#source;
    const total = Math.ceil(this.#source.bytes() / BYTES_PER_MB);
    await driver.copy(path, partial, (bytes) => {
      progress(Math.min(Math.ceil(bytes / BYTES_PER_MB), total), total);
    });
    // Node (24.21.0) reports progress only between steps, so never for a small database.
    progress(total, total);
  }
}

/** Converts the copy to a single file without a log, and verifies all of it. @throws the first error that SQLite finds */
function checkCopy(driver: SqliteDriver, copy: string): void {
  const db = driver.open(copy);
  try {
    db.exec('PRAGMA journal_mode = DELETE');
    const { quick_check: result } = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
    if (result !== 'ok') throw new Error(`the copy is damaged, and so is the database: ${result}`);
  } finally {
    db.close();
  }
}
