import { createHash, randomBytes } from 'node:crypto';
import { SCOPES, type Scope } from '../../../domain/caller.ts';

/** A service's key as the configuration knows it: never the key itself. */
export interface ApiKey {
  /** Of the service; it may have several keys, so that one can follow another. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the whole key as sent, 32 bytes. */
  readonly digest: Buffer;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const KEY_BYTES = 32;

/** What an entry of `API_KEYS` must look like. */
export const API_KEYS_SYNTAX =
  'entries like billing:read+write:<64 hex digits, the SHA-256 of the key>, separated by commas, ' +
  `with scopes among ${SCOPES.join(', ')} (make one with \`rollcall keys new\`)`;

/** @returns `undefined` where an entry does not read as one */
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

/** @returns `undefined` where one is not a scope, or none is given */
export function parseScopes(text: string, separator: string): readonly Scope[] | undefined {
  const named = text.split(separator).map((scope) => scope.trim());
  const scopes = SCOPES.filter((scope) => named.includes(scope));
  return named.every((scope) => SCOPES.some((loaded) => loaded === scope)) ? scopes : undefined;
}

export function isServiceName(name: string): boolean {
  return NAME.test(name);
}

export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** A key that nobody can guess, and the entry of `API_KEYS` that lets it in. */
export function newApiKey(name: string, scopes: readonly Scope[]): { key: string; entry: string } {
  const key = `rollcall_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, entry: `${name}:${scopes.join('+')}:${digestOf(key).toString('hex')}` };
}
