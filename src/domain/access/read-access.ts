import type { Caller } from '../caller.ts';
import { Forbidden } from '../errors.ts';
import { belongs } from '../membership.ts';
import type { Organization } from '../organization.ts';
import type { Permission } from '../permissions.ts';
import type { User } from '../user.ts';
import { type OrganizationContext, requireMember, requirePermission } from './acting-member.ts';
import { actingUser, isDirectService, type UserContext } from './acting-user.ts';
import { requireOrganization, requireUser } from './required-records.ts';
import type { MemberContext } from './target-membership.ts';

/**
 * A user, for any caller. Where anonymous callers must not read users, the HTTP layer rejects them beforehand.
 * @throws {UserNotFound} and, for a caller with credentials, the errors of `actingUser`
 */
export function readableUser(loaded: UserContext, caller: Caller): User {
  if (caller.type !== 'anonymous' && !isDirectService(caller, 'read')) {
    actingUser(caller, loaded.caller, 'read');
  }
  return requireUser(loaded.user);
}

/**
 * A user whose private data is read: allowed for the user and for a service with the scope `read`.
 * @throws {Forbidden | UserNotFound} and the errors of `actingUser`
 */
export function selfOrService(loaded: UserContext, caller: Caller): User {
  if (isDirectService(caller, 'read')) return requireUser(loaded.user);
  const user = actingUser(caller, loaded.caller, 'read');
  const { username } = loaded.user.key;
  if (user.username !== username) {
    throw new Forbidden(`Only "${username}" and services can read this, not "${user.username}".`);
  }
  return user;
}

/**
 * An organization, suspended or not: readable by members with the permission and by a service with the scope `read`.
 * @throws {OrganizationNotFound | Forbidden} and the errors of `actingUser`
 */
export function readableOrganization(
  loaded: OrganizationContext,
  permission: Permission,
  caller: Caller,
): Organization {
  if (isDirectService(caller, 'read')) return requireOrganization(loaded.organization);
  const member = requireMember(loaded, caller, 'read');
  requirePermission(member, permission);
  return member.organization;
}

/**
 * Whether the caller may know if this user is a member of this organization. A user may see their own memberships and those
 * in organizations to which they belong; a service with the scope `read` may see all.
 * @throws the errors of `actingUser`
 */
export function maySeeMembership(loaded: MemberContext, caller: Caller): boolean {
  if (isDirectService(caller, 'read')) return true;
  const user = actingUser(caller, loaded.caller, 'read');
  return (
    user.username === loaded.user.key.username ||
    belongs(loaded.callerMembership?.record, user, loaded.organization.record)
  );
}
