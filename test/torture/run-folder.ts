import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whose folder it is may enter; PostgreSQL runs as somebody else, and has a folder of its own in it. */
const ENTERED_BY_ALL = 0o711;

/** From now on whatever this process puts aside is in one folder. @returns removes it, whoever has died in it a moment ago */
export function useRunFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-torture-'));
  chmodSync(folder, ENTERED_BY_ALL);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
