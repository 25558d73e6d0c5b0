import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isMountPoint } from './mount-points.ts';
import { createPrivateFile, createPrivateFolder } from './private-file.ts';
import { UnusableFile, unusable } from './unusable-file.ts';

/** The files next to a database. */
export interface CompanionFiles {
  readonly lock: string;
  /** SQLite's write-ahead log and its index. */
  readonly log: readonly [wal: string, shm: string];
}

export function companionFiles(database: string): CompanionFiles {
  return { lock: `${database}-lock`, log: [`${database}-wal`, `${database}-shm`] };
}

/** Creates missing folders, the database and its lock file, then calls `checkFiles`. @throws {UnusableFile} */
export function prepareFiles(database: string): void {
  createPrivateFolder(dirname(database));
  checkAccess(dirname(database), constants.W_OK | constants.X_OK);
  createPrivateFile(database);
  createPrivateFile(companionFiles(database).lock, database);
  checkFiles(database);
}

/**
 * Checks that this process can write the database, its folder and its companion files, and that no other path to the
 * database exists, since it would have a separate log. SQLite silently opens a file without write permission read-only,
 * and a lock on such a file does not exclude other processes.
 * @param database the real path of an existing file
 * @throws {UnusableFile}
 */
export function checkFiles(database: string): void {
  const { lock, log } = companionFiles(database);
  checkAccess(dirname(database), constants.W_OK | constants.X_OK);
  for (const file of [database, lock, ...log]) checkFile(file);
  refuseOtherNames(database);
}

/** SQLite derives the name of the log from the given path: a file with two names has two logs, which corrupts it. */
function refuseOtherNames(database: string): void {
  const { nlink } = statSync(database);
  if (nlink > 1) {
    throw new UnusableFile(
      `${database} has ${nlink} hard links. A process that opens the file through another link uses a separate log and corrupts the database. Remove the other links; to copy a database, use \`rollcall backup\``,
    );
  }
  if (isMountPoint(database)) {
    throw new UnusableFile(
      `${database} is mounted as a single file, which separates it from its log. Mount its folder instead`,
    );
  }
}

function checkFile(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isFile()) throw new UnusableFile(`${file} is not a regular file. Set SQLITE_PATH to a file`);
  checkAccess(file, constants.R_OK | constants.W_OK);
}

function checkAccess(path: string, mode: number): void {
  try {
    accessSync(path, mode);
  } catch (error) {
    throw unusable(path, 'cannot be written', error);
  }
}
