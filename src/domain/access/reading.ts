import type { Caller } from '../caller.ts';
import { Forbidden } from '../errors.ts';
import { belongs } from '../membership.ts';
import type { Organization } from '../organization.ts';
import type { Permission } from '../permissions.ts';
import type { User } from '../user.ts';
import { actingUser, isServiceItself, type KnownOfUser } from './acting-user.ts';
import { insider, type KnownInside, requirePermission } from './insider.ts';
import { livingOrganization, livingUser } from './living.ts';
import type { KnownOfMember } from './member-in-question.ts';

/**
 * A user, to anybody who gets this far: where users are not for everybody, nobody comes here without credentials.
 * @throws {UserNotFound} besides what `actingUser` throws of a caller with credentials
 */
export function readableUser(known: KnownOfUser, caller: Caller): User {
  if (caller.type !== 'anonymous' && !isServiceItself(caller, 'read')) {
    actingUser(caller, known.caller, 'read');
  }
  return livingUser(known.user);
}

/**
 * A user whose own affairs are asked for: by themself, or by a service with the scope `read`.
 * @throws {Forbidden | UserNotFound} besides what `actingUser` throws
 */
export function userWithAffairs(known: KnownOfUser, caller: Caller): User {
  if (isServiceItself(caller, 'read')) return livingUser(known.user);
  const me = actingUser(caller, known.caller, 'read');
  const { username } = known.user.key;
  if (me.username !== username) throw new Forbidden(`This is for "${username}" and for services only.`);
  return me;
}

/**
 * An organization, suspended or not: to members with the permission, and to a service with the scope `read`.
 * @throws {OrganizationNotFound | Forbidden} besides what `actingUser` throws
 */
export function readableOrganization(
  known: KnownInside,
  permission: Permission,
  caller: Caller,
): Organization {
  if (isServiceItself(caller, 'read')) return livingOrganization(known.organization);
  const member = insider(known, caller, 'read');
  requirePermission(member, permission);
  return member.organization;
}

/**
 * Whether the caller may know if this user is a member of this organization. Everybody sees their own memberships and
 * those in organizations they belong to, a service with the scope `read` sees all.
 * @throws what `actingUser` throws
 */
export function seesMembership(known: KnownOfMember, caller: Caller): boolean {
  if (isServiceItself(caller, 'read')) return true;
  const me = actingUser(caller, known.caller, 'read');
  return (
    me.username === known.user.key.username ||
    belongs(known.callerMembership?.record, me, known.organization.record)
  );
}
