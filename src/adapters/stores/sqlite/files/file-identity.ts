import { statSync } from 'node:fs';

/**
 * Which file is found at a path, whatever it is called; `undefined` = none. A file that a process has open keeps its
 * identity to itself, also after it was deleted.
 *
 * Never open and close these files by other means than SQLite: POSIX drops all locks of a process on a file when the
 * process closes any descriptor of it.
 */
export function identityOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat && `${stat.dev}:${stat.ino}`;
}
