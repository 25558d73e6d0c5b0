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
 * A user, to anybody who gets this far: where users are not for everybody, nobody comes here without credentials.
 * @throws {UserNotFound} besides what `actingUser` throws of a caller with credentials
 */
export function readableUser(loaded: UserContext, caller: Caller): User {
  if (caller.type !== 'anonymous' && !isDirectService(caller, 'read')) {
    actingUser(caller, loaded.caller, 'read');
  }
  return requireUser(loaded.user);
}

/**
 * A user whose own affairs are asked for: by themself, or by a service with the scope `read`.
 * @throws {Forbidden | UserNotFound} besides what `actingUser` throws
 */
export function selfOrService(loaded: UserContext, caller: Caller): User {
  if (isDirectService(caller, 'read')) return requireUser(loaded.user);
  const me = actingUser(caller, loaded.caller, 'read');
  const { username } = loaded.user.key;
  if (me.username !== username) throw new Forbidden(`This is for "${username}" and for services only.`);
  return me;
}

/**
 * An organization, suspended or not: to members with the permission, and to a service with the scope `read`.
 * @throws {OrganizationNotFound | Forbidden} besides what `actingUser` throws
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
 * Whether the caller may know if this user is a member of this organization. Everybody sees their own memberships and
 * those in organizations they belong to, a service with the scope `read` sees all.
 * @throws what `actingUser` throws
 */
export function maySeeMembership(loaded: MemberContext, caller: Caller): boolean {
  if (isDirectService(caller, 'read')) return true;
  const me = actingUser(caller, loaded.caller, 'read');
  return (
    me.username === loaded.user.key.username ||
    belongs(loaded.callerMembership?.record, me, loaded.organization.record)
  );
}
