import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PostgreSQL runs as another user and must reach its own folder inside. */
const TRAVERSABLE_BY_ALL = 0o711;

/**
 * Creates a folder for the temporary files of this process and its children.
 * @returns removes the folder, with retries because a killed process may still be writing
 */
export function useRunFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-torture-'));
  chmodSync(folder, TRAVERSABLE_BY_ALL);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
