import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { unusable } from './unusable-file.ts';

/** As many as Linux follows. */
const MAX_LINKS = 40;

/**
 * The one path of a file, whichever symbolic links lead to it, so that all processes that use it agree on the names of
 * its log and of its lock. The file, and folders above it, need not exist yet.
 * @throws what the operating system answers: not a folder, no permission, too many links
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

/** The same. @throws {UnusableFile} */
export function reachableDatabasePath(path: string): string {
  try {
    return realDatabasePath(path);
  } catch (error) {
    throw unusable(path, 'cannot be reached', error);
  }
}

/** `undefined` where there is no such file, or none that is a link. */
function ifPresent(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EINVAL') return undefined;
    throw error;
  }
}
