import type { Caller } from '../caller.ts';
import { Forbidden } from '../errors.ts';
import type { Organization } from '../organization.ts';
import type { Permission } from '../permissions.ts';
import type { User } from '../user.ts';
import {
  type OrganizationContext,
  requireMember,
  requireMemberForWrite,
  requirePermission,
} from './acting-member.ts';
import {
  actingUser,
  isDirectService,
  requireDirectService,
  servicesOnly,
  type UserContext,
} from './acting-user.ts';
import { requireOrganization, requireUser } from './required-records.ts';

/**
 * A user about to be changed: by themself, or by a service with the scope `admin`.
 * @throws {Forbidden | UserNotFound} besides what `actingUser` throws
 */
export function userToChange(loaded: UserContext, caller: Caller): User {
  if (isDirectService(caller, 'admin')) return requireUser(loaded.user);
  const me = actingUser(caller, loaded.caller, 'write');
  const { username } = loaded.user.key;
  if (me.username !== username) {
    throw new Forbidden(`"${me.username}" can change themself only, not "${username}".`);
  }
  return me;
}

/**
 * A user about to be suspended or resumed: by a service with the scope `admin`.
 * @throws {Forbidden | UserNotFound} besides what `actingUser` throws
 */
export function userToAdminister(loaded: UserContext, caller: Caller): User {
  requireDirectService(caller, loaded.caller, 'admin');
  return requireUser(loaded.user);
}

/**
 * An organization about to be changed: by a member with the permission, unless it is suspended; or by a service with the
 * scope `admin`.
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden} besides what `actingUser` throws
 */
export function organizationToChange(
  loaded: OrganizationContext,
  permission: Permission,
  caller: Caller,
): Organization {
  if (isDirectService(caller, 'admin')) return requireOrganization(loaded.organization);
  const member = requireMemberForWrite(loaded, caller);
  requirePermission(member, permission);
  return member.organization;
}

/**
 * An organization about to be suspended or resumed: by a service with the scope `admin`.
 * @throws {OrganizationNotFound | Forbidden} besides what `actingUser` throws
 */
export function organizationToAdminister(loaded: OrganizationContext, caller: Caller): Organization {
  if (isDirectService(caller, 'admin')) return requireOrganization(loaded.organization);
  requireMember(loaded, caller, 'read');
  throw servicesOnly('admin');
}
