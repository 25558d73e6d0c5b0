import { type Caller, effectiveUsername } from '../../domain/caller.ts';
import type { Slug, Username } from '../../domain/names.ts';
import { type KeyOf, membershipKey, organizationKey, userKey } from '../../domain/records.ts';

/** The user that the caller is or acts on behalf of; `undefined` = the caller does not name one. */
export function callerReadSet(caller: Caller): { readonly caller: KeyOf<'user'> | undefined } {
  const username = effectiveUsername(caller);
  return { caller: username === undefined ? undefined : userKey(username) };
}

/** A user and the caller. */
export function userReadSet(caller: Caller, username: Username) {
  return { ...callerReadSet(caller), user: userKey(username) };
}

/** An organization, the caller, and the caller's membership in it. */
export function organizationReadSet(caller: Caller, organization: Slug) {
  const username = effectiveUsername(caller);
  return {
    ...callerReadSet(caller),
    organization: organizationKey(organization),
    callerMembership: username === undefined ? undefined : membershipKey(organization, username),
  };
}

/** A user's membership in an organization, the caller, and the caller's membership in it. */
export function memberReadSet(caller: Caller, organization: Slug, username: Username) {
  return {
    ...organizationReadSet(caller, organization),
    user: userKey(username),
    membership: membershipKey(organization, username),
  };
}
