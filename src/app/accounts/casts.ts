import { type Caller, userBehind } from '../../domain/caller.ts';
import type { Slug, Username } from '../../domain/names.ts';
import { type KeyOf, membershipKey, organizationKey, userKey } from '../../domain/records.ts';

/** The user whom the caller is or acts for; none where the caller names none. */
export function userBehindCast(caller: Caller): { readonly caller: KeyOf<'user'> | undefined } {
  const username = userBehind(caller);
  return { caller: username === undefined ? undefined : userKey(username) };
}

/** A user, and who asks for them. */
export function userCast(caller: Caller, username: Username) {
  return { ...userBehindCast(caller), user: userKey(username) };
}

/** An organization, and the caller's own side of it. */
export function organizationCast(caller: Caller, organization: Slug) {
  const username = userBehind(caller);
  return {
    ...userBehindCast(caller),
    organization: organizationKey(organization),
    callerMembership: username === undefined ? undefined : membershipKey(organization, username),
  };
}

/** A user in an organization, and the caller's own side of it. */
export function memberCast(caller: Caller, organization: Slug, username: Username) {
  return {
    ...organizationCast(caller, organization),
    user: userKey(username),
    membership: membershipKey(organization, username),
  };
}
