import { statSync } from 'node:fs';

/**
 * Device and inode of the file at a path; `undefined` = no such file. The identity of an open file is not reused for
 * another file, even after the open file was deleted.
 *
 * Open and close these files only through SQLite: when a process closes any descriptor of a file, POSIX releases all
 * locks of the process on that file.
 */
export function identityOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat && `${stat.dev}:${stat.ino}`;
}
