import type { SqliteDriver } from './sqlite-driver.ts';

/** The first versions with the fix, by their line of releases; older lines have no fix. */
const FIXED = [
  [3, 44, 6],
  [3, 50, 7],
  [3, 51, 3],
] as const;

/**
 * Whether this SQLite may lose committed data or damage the file when several processes use it in WAL mode and one of
 * them checkpoints: the WAL-reset defect of 3.7.0 to 3.51.2.
 */
export function hasWalResetDefect(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major !== FIXED[0][0]) return major < FIXED[0][0];
  const sameLine = FIXED.find(([, line]) => line === minor);
  return sameLine === undefined ? minor < FIXED[2][1] : patch < sameLine[2];
}

/** What the defect means and what to do about it; `undefined` = this SQLite is free of it. */
export function walResetWarning({
  name,
  version,
}: Pick<SqliteDriver, 'name' | 'version'>): { readonly what: string; readonly advice: string } | undefined {
  if (!hasWalResetDefect(version)) return undefined;
  return {
    what: `SQLite ${version} (${name}) can lose committed changes while several processes use the file, Litestream included`,
    advice:
      'run Rollcall on Node 24, whose own SQLite has the fix (3.51.3 and newer), or let one process alone use the file',
  };
}
