import type { Caller } from '../domain/caller.ts';

/**
 * Identifies the caller from credentials. It does not check whether a user exists and is active: each operation checks
 * that together with the records that it reads.
 */
export interface Authenticator {
  /** Value of the `WWW-Authenticate` header of a 401 (RFC 9110, section 11.6.1). */
  readonly challenge: string;

  /**
   * @param authorization the `Authorization` header as sent; `undefined` = the request has none
   * @throws {Unauthenticated} credentials are required, or the given ones are not valid
   */
  authenticate(authorization: string | undefined): Promise<Caller>;
}
