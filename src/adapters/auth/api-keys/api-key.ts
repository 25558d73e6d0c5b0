import { createHash, randomBytes } from 'node:crypto';
import { SCOPES, type Scope } from '../../../domain/caller.ts';

/** The configuration of a service's API key. It never contains the key itself. */
export interface ApiKey {
  /** The name of the service. A service may have several keys, to allow key rotation. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the whole key as sent, 32 bytes. */
  readonly digest: Buffer;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const KEY_BYTES = 32;

/** The syntax of `API_KEYS`, for error messages. */
export const API_KEYS_SYNTAX =
  'comma-separated entries such as billing:read+write:<64 hex digits, the SHA-256 of the key>, ' +
  `with the scopes ${SCOPES.join(', ')} (\`rollcall keys new\` generates a key and its entry)`;

/** @returns `undefined` if an entry is not valid */
export function parseApiKeys(text: string): readonly ApiKey[] | undefined {
  const keys = text.split(',').map((entry) => parseEntry(entry.trim()));
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

function parseEntry(entry: string): ApiKey | undefined {
  const [name = '', granted = '', hex = '', ...rest] = entry.split(':');
  const scopes = parseScopes(granted, '+');
  if (!NAME.test(name) || scopes === undefined || !/^[\da-f]{64}$/i.test(hex) || rest.length > 0) {
    return undefined;
  }
  return { name, scopes, digest: Buffer.from(hex, 'hex') };
}

/** @returns `undefined` if a scope is not valid, or none is given */
export function parseScopes(text: string, separator: string): readonly Scope[] | undefined {
  const named = text.split(separator).map((scope) => scope.trim());
  const scopes = SCOPES.filter((scope) => named.includes(scope));
  return named.every((name) => SCOPES.some((scope) => scope === name)) ? scopes : undefined;
}

export function isServiceName(name: string): boolean {
  return NAME.test(name);
}

export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Generates a random API key of 256 bits and its entry for `API_KEYS`. */
export function newApiKey(name: string, scopes: readonly Scope[]): { key: string; entry: string } {
  const key = `rollcall_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, entry: `${name}:${scopes.join('+')}:${digestOf(key).toString('hex')}` };
}
