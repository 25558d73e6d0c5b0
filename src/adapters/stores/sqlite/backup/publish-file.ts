import { closeSync, existsSync, fstatSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** File systems without hard links, such as FAT. */
const NO_LINKS: readonly unknown[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Renames a complete file to its final name, durably. Never overwrites an existing file.
 * @returns its size in bytes
 * @throws EEXIST
 */
export function publishFile(partial: string, target: string): number {
  const size = sync(partial);
  try {
    linkSync(partial, target);
    rmSync(partial);
  } catch (error) {
    if (!NO_LINKS.includes((error as NodeJS.ErrnoException).code) || existsSync(target)) throw error;
    renameSync(partial, target);
  }
  sync(dirname(target));
  return size;
}

function sync(path: string): number {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}
