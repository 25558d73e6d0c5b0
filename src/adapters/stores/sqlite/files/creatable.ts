import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whether the file does not exist and this process can create it, including missing parent folders. */
export function isCreatable(path: string): boolean {
  return !existsSync(path) && isWritableFolder(dirname(path));
}

function isWritableFolder(folder: string): boolean {
  if (!existsSync(folder)) return dirname(folder) !== folder && isWritableFolder(dirname(folder));
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}
