import { z } from 'zod';
import { API_KEYS_SYNTAX, parseApiKeys } from '../../../adapters/auth/api-keys/api-key.ts';
import { InvalidDatabaseUrl, parseDatabaseUrl } from '../../../adapters/stores/postgres/url/database-url.ts';

/**
 * Schemas for the text of one variable. The message of each issue is what is expected or, with `isProblem` among its
 * parameters, what is wrong.
 */

export const text = () =>
  z.string({ error: 'a value that is not blank' }).trim().min(1, 'a value that is not blank');

export const oneOf = <const Values extends readonly [string, ...string[]]>(
  values: Values,
  expected = `one of ${values.join(', ')}`,
) => z.enum(values, { error: expected });

export function integer(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .refine((given) => /^\d{1,12}$/.test(given) && Number(given) >= min && Number(given) <= max, expected)
    .transform(Number);
}

/** From 0 to 1, without 1. */
export const fractionBelowOne = () => decimal((given) => given < 1, 'a number from 0 to less than 1');

/** From 0 to 1, inclusive. */
export const fraction = () => decimal((given) => given <= 1, 'a number from 0 to 1');

function decimal(isInRange: (given: number) => boolean, expected: string) {
  return z
    .string()
    .refine((given) => /^(\d+(\.\d*)?|\.\d+)$/.test(given) && isInRange(Number(given)), expected)
    .transform(Number);
}

/** Web origins, comma-separated. */
export const origins = () =>
  z
    .string()
    .transform((given) => given.split(',').map((origin) => origin.trim()))
    .refine((given) => given.every(isOrigin), 'comma-separated origins such as https://app.example.com');

function isOrigin(given: string): boolean {
  return URL.canParse(given) && new URL(given).origin === given;
}

/**
 * No options after a `?`: the driver would apply them, for example a key prefix that other instances do not have, or
 * automatic resending of commands.
 */
export const redisUrl = () =>
  z
    .string()
    .refine(
      isRedisUrl,
      'a URL such as redis://user:password@host:6379/0, or rediss:// for TLS, with nothing after the database number',
    );

function isRedisUrl(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(given);
  const hasHost = /^rediss?:$/.test(protocol) && hostname !== '';
  return hasHost && /^(\/\d{0,5})?$/.test(pathname) && search === '' && hash === '';
}

/** @param absent the URL if none is set */
export const postgresUrl = (absent: string) =>
  z
    .string()
    .default(absent)
    .transform((given, context) => {
      try {
        return parseDatabaseUrl(given);
      } catch (error) {
        if (!(error instanceof InvalidDatabaseUrl)) throw error;
        for (const message of error.problems) {
          context.addIssue({ code: 'custom', message, params: { isProblem: true } });
        }
        return z.NEVER;
      }
    });

export const httpUrl = () =>
  z
    .string()
    .refine(
      (given) => URL.canParse(given) && /^https?:$/.test(new URL(given).protocol),
      'a URL such as http://127.0.0.1:8000',
    );

/** The name of a DynamoDB table, or its ARN. */
export const tableName = () =>
  z
    .string()
    .regex(
      /^([a-zA-Z0-9_.-]{3,255}|arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[a-zA-Z0-9_.-]{3,255})$/,
      'a table name of 3 to 255 letters, digits, "_", "." and "-", or the ARN of a table',
    );

export const hostName = () =>
  z.string().regex(/^[a-zA-Z\d.-]+(:\d{1,5})?$/, 'a host name without a scheme, such as cache.example.com');

export const hostAndPort = () =>
  z
    .string()
    .regex(/^[a-zA-Z\d.-]+:\d{1,5}$/, 'host:port, such as 127.0.0.1:8080')
    .transform((given) => {
      const [host = '', port] = given.split(':');
      return { host, port: Number(port) };
    });

export const apiKeys = () =>
  z.string().transform((given, context) => {
    const keys = parseApiKeys(given);
    if (keys !== undefined) return keys;
    context.addIssue({ code: 'custom', message: API_KEYS_SYNTAX });
    return z.NEVER;
  });
