import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '../../../domain/caller.ts';
import { Unauthenticated } from '../../../domain/errors.ts';
import type { Authenticator } from '../../../ports/authenticator.ts';
import { type ApiKey, digestOf } from './api-key.ts';

const SCHEME = /^ApiKey +(.*)$/i;

/** Authenticates services by `Authorization: ApiKey <key>`, and delegates all other requests to the authenticator of users. */
export class ApiKeyAuthenticator implements Authenticator {
  readonly challenge: string;
  readonly #keys: readonly ApiKey[];
  readonly #users: Authenticator;

  constructor(keys: readonly ApiKey[], users: Authenticator) {
    this.#keys = keys;
    this.#users = users;
    this.challenge = `${users.challenge}, ApiKey realm="rollcall"`;
  }

  async authenticate(authorization: string | undefined): Promise<Caller> {
    const [, key] = SCHEME.exec(authorization ?? '') ?? [];
    if (key === undefined) return this.#users.authenticate(authorization);
    const digest = digestOf(key);
    // All entries are compared in constant time, so that the response time reveals nothing about them.
    const [match] = this.#keys.filter((apiKey) => timingSafeEqual(apiKey.digest, digest));
    if (match === undefined) throw new Unauthenticated('This API key is not valid.');
    return { type: 'service', name: match.name, scopes: match.scopes };
  }
}
