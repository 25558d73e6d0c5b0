import { userInfo } from 'node:os';
import { type TlsMode, tlsModeFrom } from './tls-mode.ts';
import { isSupported, type Parameter, refusalOf } from './url-parameters.ts';
import { InvalidDatabaseUrl, splitUrl, type UrlParts } from './url-syntax.ts';

export { InvalidDatabaseUrl };

export interface Host {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
}

/** Where `DATABASE_URL` leads. */
export interface DatabaseTarget {
  /** Tried in this order; the primary among them is used. */
  readonly hosts: readonly Host[];
  readonly user: string;
  /** `undefined` = the driver looks for it where libpq does: PGPASSWORD, and the file ~/.pgpass. */
  readonly password: string | undefined;
  readonly database: string;
  readonly tls: TlsMode;
  readonly applicationName: string | undefined;
  /** Command-line options for the server. */
  readonly options: string | undefined;
}

const DEFAULT_PORT = 5432;
const PRIMARY_ATTRIBUTES = ['any', 'read-write', 'primary'];

/**
 * Reads a connection URL as libpq does, so that psql and Rollcall connect to the same place in the same way.
 * @throws {InvalidDatabaseUrl} with all problems
 */
export function parseDatabaseUrl(url: string): DatabaseTarget {
  const parts = splitUrl(url);
  const problems: string[] = [];
  const parameters = parametersOf(parts, problems);
  const hosts = hostsOf(parts, parameters, problems);
  const tls = tlsModeFrom(parameters, problems);
  const attributes = parameters.target_session_attrs;
  if (attributes !== undefined && !PRIMARY_ATTRIBUTES.includes(attributes)) {
    problems.push(
      `target_session_attrs=${attributes} is not supported: Rollcall uses the primary only; write read-write, or omit it`,
    );
  }
  if (problems.length > 0) throw new InvalidDatabaseUrl(problems);
  const user = parameters.user ?? parts.user ?? userInfo().username;
  return {
    hosts,
    user,
    password: parameters.password ?? parts.password,
    database: parameters.dbname ?? parts.database ?? user,
    tls,
    applicationName: parameters.application_name,
    options: parameters.options,
  };
}

/** For people: the database and its places, without user and password. */
export function describeTarget({ database, hosts }: DatabaseTarget): string {
  return `${database} at ${hosts.map(describeHost).join(', ')}`;
}

export function describeHost({ host, port }: Host): string {
  if (isSocketFolder(host)) return `${host}/.s.PGSQL.${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function isSocketFolder(host: string): boolean {
  return host.startsWith('/');
}

function parametersOf({ parameters }: UrlParts, problems: string[]): Partial<Record<Parameter, string>> {
  const found: Partial<Record<Parameter, string>> = {};
  for (const [name, value] of parameters) {
    if (!isSupported(name)) problems.push(refusalOf(name));
    else if (name in found) problems.push(`${name} is given twice`);
    else if (value !== '') found[name] = value;
  }
  return found;
}

/** Parameters take precedence over the part before the path. One port serves all hosts. */
function hostsOf(
  { hosts }: UrlParts,
  parameters: Readonly<Partial<Record<Parameter, string>>>,
  problems: string[],
): readonly Host[] {
  const names = parameters.host?.split(',') ?? hosts.map(({ host }) => host);
  const ports = parameters.port?.split(',') ?? hosts.map(({ port }) => port);
  if (names.length === 0 || names.includes('')) {
    problems.push('it names no host, or an empty one; write the host, or host=/folder for a Unix socket');
  } else if (ports.length > 1 && ports.length !== names.length) {
    problems.push(
      `port has ${ports.length} entries and host has ${names.length}; give one port for all hosts, or one for each`,
    );
  }
  return names.map((host, index) => {
    const port = (ports.length === 1 ? ports[0] : ports[index]) ?? '';
    return { host, port: portOf(host, port, problems) };
  });
}

function portOf(host: string, text: string, problems: string[]): number {
  if (text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  problems.push(`the port of ${host} must be a whole number from 1 to 65535`);
  return DEFAULT_PORT;
}
