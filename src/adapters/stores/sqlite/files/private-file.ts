import { chownSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { unusable } from './unusable-file.ts';

/** Only the user of the service has access: the database contains names and e-mail addresses. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Creates an empty file unless it exists.
 * @param like a file whose owner and group are copied if root creates the file; SQLite does the same for its log
 * @throws {UnusableFile}
 */
export function createPrivateFile(path: string, like?: string): void {
  try {
    closeSync(openSync(path, 'wx', FILE_MODE));
    if (like === undefined || process.geteuid?.() !== 0) return;
    const { uid, gid } = statSync(like);
    chownSync(path, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(path, 'cannot be created', error);
  }
}

/**
 * Creates a folder and its missing parents, one at a time: Node's `recursive` option loops forever below an existing
 * folder in which none can be created, such as /proc.
 * @throws {UnusableFile}
 */
export function createPrivateFolder(path: string): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) createPrivateFolder(dirname(path));
  try {
    mkdirSync(path, FOLDER_MODE);
  } catch (error) {
    // Another process may have created it first.
    if (!isFolder(path)) throw unusable(path, 'cannot be created', error);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
