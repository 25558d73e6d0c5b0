import type { Caller } from '../caller.ts';
import { Forbidden } from '../errors.ts';
import type { Organization } from '../organization.ts';
import type { Permission } from '../permissions.ts';
import type { User } from '../user.ts';
import {
  actingUser,
  forServicesOnly,
  isServiceItself,
  type KnownOfUser,
  requireServiceItself,
} from './acting-user.ts';
import { insider, type KnownInside, requirePermission, writingInsider } from './insider.ts';
import { livingOrganization, livingUser } from './living.ts';

/**
 * A user about to be changed: by themself, or by a service with the scope `admin`.
 * @throws {Forbidden | UserNotFound} besides what `actingUser` throws
 */
export function userToChange(known: KnownOfUser, caller: Caller): User {
  if (isServiceItself(caller, 'admin')) return livingUser(known.user);
  const me = actingUser(caller, known.caller, 'write');
  const { username } = known.user.key;
  if (me.username !== username) {
    throw new Forbidden(`"${me.username}" can change themself only, not "${username}".`);
  }
  return me;
}

/**
 * A user about to be suspended or resumed: by a service with the scope `admin`.
 * @throws {Forbidden | UserNotFound} besides what `actingUser` throws
 */
export function userToAdminister(known: KnownOfUser, caller: Caller): User {
  requireServiceItself(caller, known.caller, 'admin');
  return livingUser(known.user);
}

/**
 * An organization about to be changed: by a member with the permission, unless it is suspended; or by a service with the
 * scope `admin`.
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden} besides what `actingUser` throws
 */
export function organizationToChange(
  known: KnownInside,
  permission: Permission,
  caller: Caller,
): Organization {
  if (isServiceItself(caller, 'admin')) return livingOrganization(known.organization);
  const member = writingInsider(known, caller);
  requirePermission(member, permission);
  return member.organization;
}

/**
 * An organization about to be suspended or resumed: by a service with the scope `admin`.
 * @throws {OrganizationNotFound | Forbidden} besides what `actingUser` throws
 */
export function organizationToAdminister(known: KnownInside, caller: Caller): Organization {
  if (isServiceItself(caller, 'admin')) return livingOrganization(known.organization);
  insider(known, caller, 'read');
  throw forServicesOnly('admin');
}
