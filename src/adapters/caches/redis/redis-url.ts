import type { RedisOptions } from 'ioredis';

/** What `REDIS_URL` names: where to connect, and the database. */
export interface RedisTarget {
  readonly options: RedisOptions;
  readonly database: number;
}

/** What an error names as expected. */
export const REDIS_URL_SYNTAX =
  'redis://user:password@host:6379/0 (rediss:// for TLS), or redis+sentinel://user:password@host1:26379,host2:26379/name/0, ' +
  'with nothing after the database number and every special character in user and password percent-encoded';

const DEFAULT_PORT = 6379;
const DEFAULT_SENTINEL_PORT = 26_379;
const DATABASE = /^\d{1,5}$/;
const HOST = /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d{1,5}))?$/;
const SHAPE =
  /^(?<scheme>[a-z+]+):\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/@?#]+)(?<path>(?:\/[^/?#]*)*)$/;

/**
 * `redis://[user][:password@]host[:port][/database]`, `rediss://` for TLS, the same as `valkey://` and `valkeys://`; through
 * Sentinel `redis+sentinel://[user:password@]host[:port],host[:port]/name[/database]` (`rediss+sentinel://` for TLS).
 * @returns `undefined` = it is none of these
 */
export function parseRedisUrl(url: string): RedisTarget | undefined {
  const parts = SHAPE.exec(url)?.groups;
  if (parts === undefined) return undefined;
  const { scheme = '', hosts = '', path = '' } = parts;
  const credentials = credentialsOf(parts['user'], parts['password']);
  const scheming = /^(?:redis|valkey)(?<tls>s?)(?<sentinel>\+sentinel)?$/.exec(scheme)?.groups;
  if (scheming === undefined || credentials === undefined) return undefined;
  const tls = scheming['tls'] === 's' ? { tls: {} } : {};
  const segments = path === '' || path === '/' ? [] : path.slice(1).split('/');
  return scheming['sentinel'] === undefined
    ? single(hosts, segments, { ...credentials, ...tls })
    : throughSentinels(hosts, segments, { ...credentials, ...tls });
}

function single(hosts: string, segments: readonly string[], options: RedisOptions): RedisTarget | undefined {
  const host = hostOf(hosts, DEFAULT_PORT);
  const database = databaseOf(segments[0]);
  if (host === undefined || database === undefined || segments.length > 1) return undefined;
  return { options: { ...options, ...host }, database };
}

function throughSentinels(
  hosts: string,
  [name = '', ...segments]: readonly string[],
  options: RedisOptions,
): RedisTarget | undefined {
  const sentinels = hosts.split(',').map((host) => hostOf(host, DEFAULT_SENTINEL_PORT));
  const database = databaseOf(segments[0]);
  if (name === '' || database === undefined || segments.length > 1) return undefined;
  if (!sentinels.every((one) => one !== undefined)) return undefined;
  const { tls } = options;
  return {
    options: {
      ...options,
      sentinels,
      name,
      role: 'master',
      ...(tls === undefined ? {} : { sentinelTLS: {}, enableTLSForSentinelMode: true }),
    },
    database,
  };
}

function hostOf(given: string, defaultPort: number): { host: string; port: number } | undefined {
  const { six, name, port } = HOST.exec(given)?.groups ?? {};
  const host = six ?? name;
  const number = port === undefined ? defaultPort : Number(port);
  return host === undefined || number > 65_535 ? undefined : { host, port: number };
}

function databaseOf(given: string | undefined): number | undefined {
  if (given === undefined || given === '') return 0;
  return DATABASE.test(given) ? Number(given) : undefined;
}

/** `undefined` = a character is not percent-encoded. */
function credentialsOf(
  user: string | undefined,
  password: string | undefined,
): Pick<RedisOptions, 'username' | 'password'> | undefined {
  try {
    return {
      ...(user === undefined || user === '' ? {} : { username: decodeURIComponent(user) }),
      ...(password === undefined ? {} : { password: decodeURIComponent(password) }),
    };
  } catch {
    return undefined;
  }
}
