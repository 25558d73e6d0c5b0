/** A file or folder of the database is not as it must be. The message names it and says what to do. */
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
      return `Give it to the user of the service: chown ${process.getuid?.() ?? '<user>'} ${JSON.stringify(path)}`;
    case 'EROFS':
      return 'Its file system is mounted for reading only: mount it for writing, or set SQLITE_PATH to another place';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk, or the quota on it, is full: free some space';
    default:
      return 'Set SQLITE_PATH to a file in a folder that exists or can be created';
  }
}
