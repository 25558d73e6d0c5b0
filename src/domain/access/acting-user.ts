import { type Caller, effectiveUsername, hasScope, type Scope, type ServiceCaller } from '../caller.ts';
import { Forbidden, Unauthenticated, UserNotFound, UserSuspended } from '../errors.ts';
import type { Username } from '../names.ts';
import type { KeyOf, Loaded } from '../records.ts';
import type { User } from '../user.ts';

/** A user, and the one whom the caller is or acts for: none where there is no such user behind the caller. */
export interface UserContext {
  readonly caller: Loaded<KeyOf<'user'>> | undefined;
  readonly user: Loaded<KeyOf<'user'>>;
}

/** What a service needs to act for a user, to read or to change; never more, since it has that user's rights only. */
export type ActingScope = Exclude<Scope, 'admin'>;

/**
 * The user that the caller is or acts for, where only a user can do what is asked.
 * @throws {Unauthenticated | Forbidden}
 */
export function actingUsername(caller: Caller): Username {
  const username = effectiveUsername(caller);
  if (username !== undefined) return username;
  if (caller.type === 'service') {
    throw new Forbidden(
      `Only a user can do this: the service "${caller.name}" needs On-Behalf-Of, which names one.`,
    );
  }
  throw new Unauthenticated('This needs credentials.');
}

/**
 * That user, living and active.
 * @param known the record of that user
 * @throws {Unauthenticated} nobody, or no active user, is asking
 * @throws {Forbidden} a service without the scope, or that acts for nobody
 * @throws {UserNotFound | UserSuspended} of the user whom a service acts for
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
      // Not naming them: it may be a key, sent where a username is expected.
      throw new Unauthenticated('The caller is not an active user.');
    }
    return user;
  }
  requireScope(caller, scope);
  if (user === undefined) throw new UserNotFound(username);
  if (user.status === 'suspended') throw new UserSuspended(username);
  return user;
}

/** Whether a service asks in its own name; then it must have the scope. @throws {Forbidden} */
export function isDirectService(caller: Caller, scope: Scope): boolean {
  if (caller.type !== 'service' || caller.onBehalfOf !== undefined) return false;
  requireScope(caller, scope);
  return true;
}

/**
 * A service in its own name with the scope, where nobody else can do what is asked.
 * @throws {Unauthenticated | Forbidden} and for a service that acts for somebody what `actingUser` throws
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

export function servicesOnly(scope: Scope): Forbidden {
  return new Forbidden(`Only a service with the scope ${scope} can do this, in its own name.`);
}

function requireScope(service: ServiceCaller, scope: Scope): void {
  if (!hasScope(service, scope)) {
    throw new Forbidden(`The service "${service.name}" lacks the scope ${scope}.`);
  }
}
