import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whether there is no such file, and one can be made by whoever opens it. */
export function isYetToBeMade(path: string): boolean {
  return !existsSync(path) && canMakeIn(dirname(path));
}

/** Folders that are missing would be made too. */
function canMakeIn(folder: string): boolean {
  if (!existsSync(folder)) return dirname(folder) !== folder && canMakeIn(dirname(folder));
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}
