import { type Caller, effectiveUsername, hasScope, type Scope, type ServiceCaller } from '../caller.ts';
import { Forbidden, Unauthenticated, UserNotFound, UserSuspended } from '../errors.ts';
import type { Username } from '../names.ts';
import type { KeyOf, Loaded } from '../records.ts';
import type { User } from '../user.ts';

/** A user, and the user that the caller is or acts on behalf of; `undefined` = the caller does not name one. */
export interface UserContext {
  readonly caller: Loaded<KeyOf<'user'>> | undefined;
  readonly user: Loaded<KeyOf<'user'>>;
}

/** The scope that a service needs to act on behalf of a user; never `admin`, since it has only that user's rights. */
export type ActingScope = Exclude<Scope, 'admin'>;

/**
 * The name of the user that the caller is or acts on behalf of, for an operation that only a user can execute.
 * @throws {Unauthenticated | Forbidden}
 */
export function actingUsername(caller: Caller): Username {
  const username = effectiveUsername(caller);
  if (username !== undefined) return username;
  if (caller.type === 'service') {
    throw new Forbidden(
      `Only a user can do this. The service "${caller.name}" must name the user in the On-Behalf-Of header.`,
    );
  }
  throw credentialsRequired();
}

/**
 * The user that the caller is or acts on behalf of, who must exist and be active.
 * @param loaded the record of that user
 * @throws {Unauthenticated} the caller is anonymous or not an active user
 * @throws {Forbidden} the caller is a service without the scope, or one that does not act on behalf of a user
 * @throws {UserNotFound | UserSuspended} the user on whose behalf a service acts
 */
export function actingUser(
  caller: Caller,
  loaded: Loaded<KeyOf<'user'>> | undefined,
  scope: ActingScope,
): User {
  const username = actingUsername(caller);
  const user = loaded?.record;
  if (caller.type !== 'service') {
    if (user?.status !== 'active') {
      // Without the name: it may be an API key that was sent in place of a username.
      throw new Unauthenticated('The credentials do not belong to an active user.');
    }
    return user;
  }
  requireScope(caller, scope);
  if (user === undefined) throw new UserNotFound(username);
  if (user.status === 'suspended') throw new UserSuspended(username);
  return user;
}

/** Whether the caller is a service in its own name. @throws {Forbidden} it is one, but lacks the scope */
export function isDirectService(caller: Caller, scope: Scope): boolean {
  if (caller.type !== 'service' || caller.onBehalfOf !== undefined) return false;
  requireScope(caller, scope);
  return true;
}

/**
 * Requires a service in its own name with the scope.
 * @throws {Unauthenticated | Forbidden} and, for a service on behalf of a user, the errors of `actingUser`
 */
export function requireDirectService(
  caller: Caller,
  loaded: Loaded<KeyOf<'user'>> | undefined,
  scope: Scope,
): void {
  if (isDirectService(caller, scope)) return;
  actingUser(caller, loaded, 'read');
  throw servicesOnly(scope);
}

/** The error for an anonymous caller. */
export function credentialsRequired(): Unauthenticated {
  return new Unauthenticated('This requires credentials: send an Authorization header.');
}

export function servicesOnly(scope: Scope): Forbidden {
  return new Forbidden(`Only a service with the scope ${scope} can do this, without On-Behalf-Of.`);
}

function requireScope(service: ServiceCaller, scope: Scope): void {
  if (!hasScope(service, scope)) {
    throw new Forbidden(`The service "${service.name}" does not have the scope ${scope}.`);
  }
}
