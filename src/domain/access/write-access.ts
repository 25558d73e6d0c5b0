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
 * A user to be changed: allowed for the user and for a service with the scope `admin`.
 * @throws {Forbidden | UserNotFound} and the errors of `actingUser`
 */
export function userToChange(loaded: UserContext, caller: Caller): User {
  if (isDirectService(caller, 'admin')) return requireUser(loaded.user);
  const user = actingUser(caller, loaded.caller, 'write');
  const { username } = loaded.user.key;
  if (user.username !== username) {
    throw new Forbidden(`"${user.username}" can only change their own account, not "${username}".`);
  }
  return user;
}

/**
 * A user to be suspended or resumed: allowed for a service with the scope `admin`.
 * @throws {Forbidden | UserNotFound} and the errors of `actingUser`
 */
export function userToAdminister(loaded: UserContext, caller: Caller): User {
  requireDirectService(caller, loaded.caller, 'admin');
  return requireUser(loaded.user);
}

/**
 * An organization to be changed: allowed for a member with the permission, unless it is suspended, and for a service with
 * the scope `admin`.
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden} and the errors of `actingUser`
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
 * An organization to be suspended or resumed: allowed for a service with the scope `admin`.
 * @throws {OrganizationNotFound | Forbidden} and the errors of `actingUser`
 */
export function organizationToAdminister(loaded: OrganizationContext, caller: Caller): Organization {
  if (isDirectService(caller, 'admin')) return requireOrganization(loaded.organization);
  requireMember(loaded, caller, 'read');
  throw servicesOnly('admin');
}
