import { z } from 'zod';
import { API_KEYS_SYNTAX, parseApiKeys } from '../../adapters/auth/api-keys/api-key.ts';

/** Readers for the text of one variable. Each one's error says what is allowed. */

export const text = () => z.string({ error: 'some text' }).trim().min(1, 'some text');

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: values.join(', ') });

export function integer(min: number, max: number) {
  const allowed = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .refine((given) => /^\d{1,12}$/.test(given) && Number(given) >= min && Number(given) <= max, allowed)
    .transform(Number);
}

/** A number from 0 up to, but not including, 1. */
export const fraction = () => decimal((given) => given < 1, 'a number from 0 up to, but not including, 1');

/** How much of a whole. */
export const part = () => decimal((given) => given <= 1, 'a number from 0 to 1');

function decimal(isAllowed: (given: number) => boolean, allowed: string) {
  return z
    .string()
    .refine((given) => /^(\d+(\.\d*)?|\.\d+)$/.test(given) && isAllowed(Number(given)), allowed)
    .transform(Number);
}

/** Web origins, separated by commas. */
export const origins = () =>
  z
    .string()
    .transform((given) => given.split(',').map((one) => one.trim()))
    .refine((given) => given.every(isOrigin), 'origins like https://app.example.com, separated by commas');

function isOrigin(given: string): boolean {
  return URL.canParse(given) && new URL(given).origin === given;
}

/** Options after a `?` would reach the driver: a key prefix that other instances do not have, or sending things twice. */
export const redisUrl = () =>
  z
    .string()
    .refine(
      isRedisUrl,
      'a URL like redis://user:password@host:6379/0, or rediss:// for TLS, and nothing behind the database number',
    );

function isRedisUrl(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(given);
  const isPlace = /^rediss?:$/.test(protocol) && hostname !== '';
  return isPlace && /^(\/\d{0,5})?$/.test(pathname) && search === '' && hash === '';
}

export const postgresUrl = () =>
  z
    .string()
    .refine(
      (given) => URL.canParse(given) && /^postgres(ql)?:$/.test(new URL(given).protocol),
      'a URL like postgres://user:password@host:5432/rollcall?sslmode=verify-full',
    );

export const httpUrl = () =>
  z
    .string()
    .refine(
      (given) => URL.canParse(given) && /^https?:$/.test(new URL(given).protocol),
      'a URL like http://127.0.0.1:8000',
    );

/** The name of a DynamoDB table, or its ARN. */
export const tableName = () =>
  z
    .string()
    .regex(
      /^([a-zA-Z0-9_.-]{3,255}|arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[a-zA-Z0-9_.-]{3,255})$/,
      'the name of a table: 3 to 255 letters, digits, "_", ".", "-"; or its ARN',
    );

export const hostName = () =>
  z.string().regex(/^[a-zA-Z\d.-]+(:\d{1,5})?$/, 'the name of a host, without a scheme');

export const hostAndPort = () =>
  z
    .string()
    .regex(/^[a-zA-Z\d.-]+:\d{1,5}$/, 'host:port, like 127.0.0.1:8080')
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
