import type { Caller } from '../domain/caller.ts';

/** Tells from credentials who is asking. Whether that user lives and is active is asked of the records, with the request's own. */
export interface Authenticator {
  /** How to ask for credentials: the `WWW-Authenticate` header of a 401 (RFC 9110, 11.6.1). */
  readonly challenge: string;

  /**
   * @param authorization the `Authorization` header as sent; `undefined` = none
   * @throws {Unauthenticated} when credentials are needed, or those given cannot be anybody's
   */
  authenticate(authorization: string | undefined): Promise<Caller>;
}
