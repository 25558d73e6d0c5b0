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
