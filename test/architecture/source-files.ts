import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The sorted paths of all files under `<root>/src`, relative to `root`, with forward slashes. */
export function sourceFiles(root: string): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
