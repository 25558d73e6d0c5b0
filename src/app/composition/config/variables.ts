import type { z } from 'zod';
import {
  apiKeys,
  fraction,
  fractionBelowOne,
  hostAndPort,
  hostName,
  httpUrl,
  integer,
  oneOf,
  origins,
  postgresUrl,
  redisUrl,
  tableName,
  text,
} from './variable-types.ts';

const DAY_SECONDS = 86_400;

/** The environment variables with their types and defaults. Their names are a public interface. */
export const VARIABLES = {
  NODE_ENV: text().optional(),
  AWS_LAMBDA_FUNCTION_NAME: text().optional(),
  HOST: text().default('127.0.0.1'),
  PORT: integer(0, 65_535).default(3000),
  STORE: oneOf(['memory', 'sqlite', 'postgres', 'dynamodb']).default('sqlite'),
  CACHE: oneOf(['none', 'memory', 'redis', 'momento']).default('memory'),
  AUTH: oneOf(
    ['header'],
    'header (for development only; this version has no AUTH for production)',
  ).optional(),
  API_KEYS: apiKeys().default([]),
  SQLITE_PATH: text().default('./data/rollcall.db'),
  DATABASE_URL: postgresUrl('postgres://127.0.0.1:5432/rollcall'),
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
  TTL_JITTER: fractionBelowOne().default(0.1),
  MARKER_TTL_MS: integer(100, 600_000).default(5000),
  LEASE_TTL_MS: integer(10, 600_000).default(2000),
  LEASE_WAIT_MS: integer(0, 60_000).default(50),
  CACHE_TIMEOUT_MS: integer(1, 60_000).default(100),
  STORE_TIMEOUT_MS: integer(10, 600_000).default(2000),
  FRESHNESS_SAMPLE: fraction().default(0.001),
  TOMBSTONE_TTL_SECONDS: integer(DAY_SECONDS, 3650 * DAY_SECONDS).default(7 * DAY_SECONDS),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  RATE_LIMIT_PER_MINUTE: integer(0, 1_000_000_000).default(0),
  SHUTDOWN_TIMEOUT_MS: integer(0, 3_600_000).default(10_000),
  TRUST_PROXY: integer(0, 100).default(0),
  CORS_ORIGINS: origins().default([]),
} satisfies Record<string, z.ZodType>;

/** Variables that may contain credentials. Their values are never shown. */
export const SECRETS: ReadonlySet<string> = new Set([
  'REDIS_URL',
  'MOMENTO_API_KEY',
  'API_KEYS',
  'DATABASE_URL',
]);

/** Exactly one of these is set with `CACHE=momento`. */
export const MOMENTO_ACCESS = ['MOMENTO_API_KEY', 'MOMENTO_SECRET_ID', 'MOMENTO_LOCAL'] as const;

export type Values = { readonly [Name in keyof typeof VARIABLES]: z.infer<(typeof VARIABLES)[Name]> };

export type LogLevel = Values['LOG_LEVEL'];
