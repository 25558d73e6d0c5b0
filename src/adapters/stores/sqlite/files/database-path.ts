import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { unusable } from './unusable-file.ts';

/** The limit of Linux. */
const MAX_LINKS = 40;

/**
 * Resolves all symbolic links, so that all processes derive the same names for the log and the lock file. The file and its
 * parent folders need not exist yet.
 * @throws the error of the operating system: not a folder, no permission, too many links
 */
export function realDatabasePath(path: string, linksLeft = MAX_LINKS): string {
  const absolute = resolve(path);
  const existing = ifPresent(() => realpathSync(absolute));
  if (existing !== undefined || absolute === dirname(absolute)) return existing ?? absolute;
  const candidate = join(realDatabasePath(dirname(absolute), linksLeft), basename(absolute));
  const target = ifPresent(() => readlinkSync(candidate));
  if (target === undefined) return candidate;
  if (linksLeft === 0) throw new Error(`${path}: too many symbolic links`);
  return realDatabasePath(resolve(dirname(candidate), target), linksLeft - 1);
}

/** Like `realDatabasePath`. @throws {UnusableFile} */
export function reachableDatabasePath(path: string): string {
  try {
    return realDatabasePath(path);
  } catch (error) {
    throw unusable(path, 'cannot be reached', error);
  }
}

/** `undefined` if the file does not exist or is not a link. */
function ifPresent(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EINVAL') return undefined;
    throw error;
  }
}
