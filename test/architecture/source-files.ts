import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Every file under `<root>/src`, as sorted paths relative to `root` with forward slashes. */
export function sourceFiles(root: string): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
