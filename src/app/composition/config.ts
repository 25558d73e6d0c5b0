import type { z } from 'zod';
import type { ApiKey } from '../../adapters/auth/api-keys/api-key.ts';
import { COMMIT_SHARE_OF_MARKER_TTL, type FreshnessSettings } from '../freshness/settings.ts';
import type { Environment } from './environment.ts';
import {
  apiKeys,
  fraction,
  hostAndPort,
  hostName,
  httpUrl,
  integer,
  oneOf,
  origins,
  part,
  postgresUrl,
  redisUrl,
  tableName,
  text,
} from './variables.ts';

/** Everything that can be set, checked. Durations in milliseconds. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly store:
    | { readonly kind: 'memory' }
    | { readonly kind: 'sqlite'; readonly path: string }
    | ({ readonly kind: 'postgres' } & PostgresSettings)
    | ({ readonly kind: 'dynamodb' } & DynamoSettings);
  readonly cache:
    | { readonly kind: 'none' | 'memory' }
    | { readonly kind: 'redis'; readonly url: string; readonly prefix: string }
    | ({ readonly kind: 'momento' } & MomentoSettings);
  readonly auth: { readonly kind: 'header' };
  readonly apiKeys: readonly ApiKey[];
  readonly freshness: FreshnessSettings;
  readonly tombstoneTtlMs: number;
  readonly logLevel: z.infer<(typeof VARIABLES)['LOG_LEVEL']>;
  readonly rateLimitPerMinute: number;
  readonly shutdownTimeoutMs: number;
  readonly trustProxy: number;
  readonly corsOrigins: readonly string[];
}

export interface PostgresSettings {
  readonly url: string;
  readonly poolMax: number;
}

export interface DynamoSettings {
  readonly tableName: string;
  /** Absent = where the SDK finds it. */
  readonly region: string | undefined;
  /** Absent = Amazon's own. */
  readonly endpoint: string | undefined;
}

export interface MomentoSettings {
  readonly cacheName: string;
  readonly access: MomentoAccess;
}

/** A server without TLS, a key, or a secret of AWS Secrets Manager that holds the key. */
type MomentoAccess =
  | { readonly kind: 'local'; readonly host: string; readonly port: number }
  | { readonly kind: 'key'; readonly apiKey: string; readonly endpoint: string | undefined }
  | {
      readonly kind: 'secret';
      readonly secretId: string;
      readonly endpoint: string | undefined;
      readonly region: string | undefined;
    };

const DAY_SECONDS = 86_400;

/** The variables by name: they are an interface. Those that are empty count as not set. */
const VARIABLES = {
  NODE_ENV: text().optional(),
  AWS_LAMBDA_FUNCTION_NAME: text().optional(),
  HOST: text().default('127.0.0.1'),
  PORT: integer(0, 65_535).default(3000),
  STORE: oneOf(['memory', 'sqlite', 'postgres', 'dynamodb']).default('sqlite'),
  CACHE: oneOf(['none', 'memory', 'redis', 'momento']).default('memory'),
  AUTH: oneOf(['header']).optional(),
  API_KEYS: apiKeys().default([]),
  SQLITE_PATH: text().default('./data/rollcall.db'),
  DATABASE_URL: postgresUrl().default('postgres://127.0.0.1:5432/rollcall'),
  DATABASE_POOL_MAX: integer(2, 1000).default(10),
  TABLE_NAME: tableName().default('rollcall'),
  AWS_REGION: text().optional(),
  DYNAMODB_ENDPOINT: httpUrl().optional(),
  REDIS_URL: redisUrl().default('redis://127.0.0.1:6379'),
  CACHE_PREFIX: text().default('rollcall:'),
  CACHE_NAME: text().default('rollcall'),
  MOMENTO_API_KEY: text().optional(),
  MOMENTO_ENDPOINT: hostName().optional(),
  MOMENTO_SECRET_ID: text().optional(),
  MOMENTO_LOCAL: hostAndPort().optional(),
  TTL_FOUND_SECONDS: integer(1, DAY_SECONDS).default(1800),
  TTL_ABSENT_SECONDS: integer(1, DAY_SECONDS).default(60),
  TTL_JITTER: fraction().default(0.1),
  MARKER_TTL_MS: integer(100, 600_000).default(5000),
  LEASE_TTL_MS: integer(10, 600_000).default(2000),
  LEASE_WAIT_MS: integer(0, 60_000).default(50),
  CACHE_TIMEOUT_MS: integer(1, 60_000).default(100),
  STORE_TIMEOUT_MS: integer(10, 600_000).default(2000),
  FRESHNESS_SAMPLE: part().default(0.001),
  TOMBSTONE_TTL_SECONDS: integer(DAY_SECONDS, 3650 * DAY_SECONDS).default(7 * DAY_SECONDS),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  RATE_LIMIT_PER_MINUTE: integer(0, 1_000_000_000).default(0),
  SHUTDOWN_TIMEOUT_MS: integer(0, 3_600_000).default(10_000),
  TRUST_PROXY: integer(0, 100).default(0),
  CORS_ORIGINS: origins().default([]),
} satisfies Record<string, z.ZodType>;

/** How to get at Momento: one of these. */
const MOMENTO_ACCESS = ['MOMENTO_API_KEY', 'MOMENTO_SECRET_ID', 'MOMENTO_LOCAL'] as const;

/** May hold a password: never shown. */
const SECRET: ReadonlySet<string> = new Set(['REDIS_URL', 'MOMENTO_API_KEY', 'API_KEYS', 'DATABASE_URL']);

type Values = { readonly [Name in keyof typeof VARIABLES]: z.infer<(typeof VARIABLES)[Name]> };

/** The settings cannot be used. `problems` has a line for each one, naming the variable, what was given and what is allowed. */
export class InvalidConfiguration extends Error {
  override readonly name = 'ConfigRefused';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Another process has the store open for itself alone. */
export class StoreLocked extends InvalidConfiguration {}

/** @throws {InvalidConfiguration} with every mistake at once */
export function readConfig(environment: Environment): Config {
  const problems: string[] = [];
  const values: Partial<Values> = {};
  for (const [name, schema] of Object.entries(VARIABLES)) {
    const given = environment[name] === '' ? undefined : environment[name];
    const parsed = schema.safeParse(given);
    if (parsed.success) Object.assign(values, { [name]: parsed.data });
    else problems.push(`${name}: ${shown(name, given)} given; allowed: ${parsed.error.issues[0]?.message}`);
  }
  problems.push(...invalidCombinations(values));
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return configFrom(values as Values);
}

/** What would be stale or unsafe, among the values that could be read. */
function invalidCombinations(values: Partial<Values>): string[] {
  const {
    NODE_ENV,
    AWS_LAMBDA_FUNCTION_NAME,
    AUTH = 'header',
    HOST,
    STORE,
    CACHE,
    MARKER_TTL_MS,
    STORE_TIMEOUT_MS,
  } = values;
  const refused: string[] = [];
  if (NODE_ENV === 'production' && 'AUTH' in values) {
    refused.push(
      `AUTH: ${values.AUTH === undefined ? 'not set, and there is no default' : JSON.stringify(AUTH)} when NODE_ENV=production; ` +
        'AUTH=header trusts whoever sends a username, so it is for development only',
    );
  }
  if (AWS_LAMBDA_FUNCTION_NAME !== undefined) {
    refused.push(`AUTH: ${JSON.stringify(AUTH)} on AWS Lambda; AUTH=header is for development only`);
  }
  if (HOST !== undefined && !isLoopback(HOST)) {
    refused.push(
      `HOST: ${JSON.stringify(HOST)} given; allowed with AUTH=header: a loopback address (127.0.0.1, ::1, localhost)`,
    );
  }
  if (CACHE === 'memory' && (STORE === 'dynamodb' || STORE === 'postgres')) {
    refused.push(
      `CACHE: "memory" given; allowed with STORE=${STORE}: none, redis, momento. Other instances on the store could not see what is cached in one`,
    );
  }
  if (CACHE === 'momento') {
    const given = MOMENTO_ACCESS.filter((name) => values[name] !== undefined);
    if (given.length !== 1) {
      refused.push(
        `CACHE: "momento" given with ${given.join(' and ') || 'nothing to get in with'}; allowed: one of ${MOMENTO_ACCESS.join(', ')}`,
      );
    }
  }
  if (MARKER_TTL_MS !== undefined && STORE_TIMEOUT_MS !== undefined) {
    const longest = Math.floor(MARKER_TTL_MS * COMMIT_SHARE_OF_MARKER_TTL);
    if (STORE_TIMEOUT_MS > longest) {
      refused.push(
        `STORE_TIMEOUT_MS: "${STORE_TIMEOUT_MS}" given; allowed with MARKER_TTL_MS=${MARKER_TTL_MS}: up to ${longest}, ` +
          'so that no commit outlives its marker',
      );
    }
  }
  return refused;
}

function shown(name: string, given: string | undefined): string | undefined {
  return SECRET.has(name) ? 'something that is not shown' : JSON.stringify(given);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function configFrom(values: Values): Config {
  return {
    host: values.HOST,
    port: values.PORT,
    store: storeFrom(values),
    cache: cacheFrom(values),
    auth: { kind: 'header' },
    apiKeys: values.API_KEYS,
    freshness: {
      foundTtlMs: values.TTL_FOUND_SECONDS * 1000,
      absentTtlMs: values.TTL_ABSENT_SECONDS * 1000,
      ttlJitter: values.TTL_JITTER,
      markerTtlMs: values.MARKER_TTL_MS,
      leaseTtlMs: values.LEASE_TTL_MS,
      leaseWaitMs: values.LEASE_WAIT_MS,
      cacheTimeoutMs: values.CACHE_TIMEOUT_MS,
      storeTimeoutMs: values.STORE_TIMEOUT_MS,
      sample: values.FRESHNESS_SAMPLE,
    },
    tombstoneTtlMs: values.TOMBSTONE_TTL_SECONDS * 1000,
    logLevel: values.LOG_LEVEL,
    rateLimitPerMinute: values.RATE_LIMIT_PER_MINUTE,
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    trustProxy: values.TRUST_PROXY,
    corsOrigins: values.CORS_ORIGINS,
  };
}

function storeFrom(values: Values): Config['store'] {
  switch (values.STORE) {
    case 'memory':
      return { kind: 'memory' };
    case 'sqlite':
      return { kind: 'sqlite', path: values.SQLITE_PATH };
    case 'postgres':
      return { kind: 'postgres', url: values.DATABASE_URL, poolMax: values.DATABASE_POOL_MAX };
    case 'dynamodb':
      return {
        kind: 'dynamodb',
        tableName: values.TABLE_NAME,
        region: values.AWS_REGION,
        endpoint: values.DYNAMODB_ENDPOINT,
      };
  }
}

function cacheFrom(values: Values): Config['cache'] {
  switch (values.CACHE) {
    case 'none':
    case 'memory':
      return { kind: values.CACHE };
    case 'redis':
      return { kind: 'redis', url: values.REDIS_URL, prefix: values.CACHE_PREFIX };
    case 'momento':
      return { kind: 'momento', cacheName: values.CACHE_NAME, access: momentoAccessFrom(values) };
  }
}

function momentoAccessFrom(values: Values): MomentoAccess {
  const { MOMENTO_API_KEY, MOMENTO_ENDPOINT: endpoint, MOMENTO_SECRET_ID = '', MOMENTO_LOCAL } = values;
  if (MOMENTO_LOCAL !== undefined) return { kind: 'local', ...MOMENTO_LOCAL };
  if (MOMENTO_API_KEY !== undefined) return { kind: 'key', apiKey: MOMENTO_API_KEY, endpoint };
  return { kind: 'secret', secretId: MOMENTO_SECRET_ID, endpoint, region: values.AWS_REGION };
}
