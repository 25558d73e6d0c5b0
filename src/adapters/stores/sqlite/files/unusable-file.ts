/** A file or folder of the database cannot be used. The message names it and the fix. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
}

/** @param what such as "cannot be created" */
export function unusable(path: string, what: string, cause: unknown): UnusableFile {
  const { code } = cause as NodeJS.ErrnoException;
  return new UnusableFile(`${path} ${what} (${code}). ${adviceOn(code, path)}`, { cause });
}

function adviceOn(code: string | undefined, path: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `Change its owner to the user of the service: chown ${process.getuid?.() ?? '<user>'} ${JSON.stringify(path)}`;
    case 'EROFS':
      return 'Its file system is mounted read-only: remount it read-write, or set SQLITE_PATH to a path on another file system';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk or its quota is full: free some space';
    default:
      return 'Set SQLITE_PATH to a file in a folder that exists or can be created';
  }
}
