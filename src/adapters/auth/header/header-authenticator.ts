import type { Caller } from '../../../domain/caller.ts';
import { Unauthenticated } from '../../../domain/errors.ts';
import { InvalidValue } from '../../../domain/invalid-value.ts';
import { parseUsername } from '../../../domain/names.ts';
import type { Authenticator } from '../../../ports/authenticator.ts';

/** `AUTH=header`, for development only: the `Authorization` header *is* the username and is not verified. */
export class HeaderAuthenticator implements Authenticator {
  readonly challenge = 'Username realm="rollcall"';

  async authenticate(authorization: string | undefined): Promise<Caller> {
    if (authorization === undefined) return { type: 'anonymous' };
    try {
      return { type: 'user', username: parseUsername(authorization) };
    } catch (cause) {
      if (!(cause instanceof InvalidValue)) throw cause;
      throw new Unauthenticated('The Authorization header must be a username (AUTH=header).', { cause });
    }
  }
}
