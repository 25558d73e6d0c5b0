import type { Caller } from '../caller.ts';
import { Forbidden, OrganizationNotFound, OrganizationSuspended } from '../errors.ts';
import { belongs, type Membership } from '../membership.ts';
import type { Organization } from '../organization.ts';
import { grants, type Permission } from '../permissions.ts';
import type { KeyOf, Loaded } from '../records.ts';
import type { User } from '../user.ts';
import { type ActingScope, actingUser } from './acting-user.ts';

/** An organization, and the caller's own side of it: none where a service asks in its own name. */
export interface OrganizationContext {
  readonly caller: Loaded<KeyOf<'user'>> | undefined;
  readonly organization: Loaded<KeyOf<'organization'>>;
  readonly callerMembership: Loaded<KeyOf<'membership'>> | undefined;
}

/** The acting user as a member of the organization. */
export interface ActingMember {
  readonly user: User;
  readonly organization: Organization;
  readonly membership: Membership;
}

/**
 * The acting user as a member of the organization, suspended or not; to an outsider it does not exist.
 * @throws {OrganizationNotFound} besides what `actingUser` throws
 */
export function requireMember(loaded: OrganizationContext, caller: Caller, scope: ActingScope): ActingMember {
  const user = actingUser(caller, loaded.caller, scope);
  const organization = loaded.organization.record;
  const membership = loaded.callerMembership?.record;
  if (organization === undefined || !belongs(membership, user, organization)) {
    throw new OrganizationNotFound(loaded.organization.key.name);
  }
  return { user, organization, membership };
}

/** An insider about to change something. @throws {OrganizationSuspended} besides what `requireMember` throws */
export function requireMemberForWrite(loaded: OrganizationContext, caller: Caller): ActingMember {
  const member = requireMember(loaded, caller, 'write');
  requireNotSuspended(member.organization);
  return member;
}

/** @throws {OrganizationSuspended} */
export function requireNotSuspended({ status, organizationName }: Organization): void {
  if (status === 'suspended') throw new OrganizationSuspended(organizationName);
}

/** @throws {Forbidden} */
export function requirePermission({ membership }: ActingMember, permission: Permission): void {
  if (!grants(membership.role, permission)) {
    throw new Forbidden(
      `"${membership.memberUsername}" is ${membership.role} of "${membership.organizationName}"; this needs the permission ${permission}.`,
    );
  }
}
