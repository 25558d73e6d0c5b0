import type { z } from 'zod';
import type { Config, MomentoAccess } from './config.ts';
import type { Environment } from './environment.ts';
import { invalidCombinations } from './invalid-combinations.ts';
import { InvalidConfiguration } from './invalid-configuration.ts';
import { SECRETS, VARIABLES, type Values } from './variables.ts';

/** An empty variable counts as not set. @throws {InvalidConfiguration} with all mistakes together */
export function readConfig(environment: Environment): Config {
  const problems: string[] = [];
  const values: Partial<Values> = {};
  for (const [name, schema] of Object.entries(VARIABLES)) {
    const given = environment[name] === '' ? undefined : environment[name];
    const parsed = schema.safeParse(given);
    if (parsed.success) Object.assign(values, { [name]: parsed.data });
    else problems.push(...problemsOf(name, given, parsed.error));
  }
  problems.push(...invalidCombinations(values));
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return configFrom(values as Values);
}

function problemsOf(name: string, given: string | undefined, { issues }: z.ZodError): string[] {
  const explained = issues.filter((issue) => issue.code === 'custom' && issue.params?.['isProblem'] === true);
  if (explained.length > 0) return explained.map(({ message }) => `${notValid(name, given)}: ${message}`);
  return [`${notValid(name, given)}; expected: ${issues[0]?.message}`];
}

function notValid(name: string, given: string | undefined): string {
  return SECRETS.has(name)
    ? `${name} is not valid (value hidden)`
    : `${name}: ${JSON.stringify(given)} is not valid`;
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
      return { kind: 'postgres', target: values.DATABASE_URL, poolMax: values.DATABASE_POOL_MAX };
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
