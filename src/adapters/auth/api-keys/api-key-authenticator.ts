import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '../../../domain/caller.ts';
import { Unauthenticated } from '../../../domain/errors.ts';
import type { Authenticator } from '../../../ports/authenticator.ts';
import { type ApiKey, digestOf } from './api-key.ts';

const SCHEME = /^ApiKey +(.*)$/i;

/** Services by `Authorization: ApiKey <key>`; whatever else is sent is for the authenticator of users. */
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
    // Every entry is compared, in the same time each, so that the time says nothing about any of them.
    const [found] = this.#keys.filter((one) => timingSafeEqual(one.digest, digest));
    if (found === undefined) throw new Unauthenticated('This API key is not known here.');
    return { type: 'service', name: found.name, scopes: found.scopes };
  }
}
