import type { Caller } from '../caller.ts';
import { Forbidden, OrganizationNotFound, OrganizationSuspended } from '../errors.ts';
import { belongs, type Membership } from '../membership.ts';
import type { Organization } from '../organization.ts';
import { grants, type Permission } from '../permissions.ts';
import type { KeyOf, Loaded } from '../records.ts';
import type { User } from '../user.ts';
import { type ActingScope, actingUser } from './acting-user.ts';

/** An organization and the caller's user and membership; these are `undefined` for a service in its own name. */
export interface OrganizationContext {
  readonly caller: Loaded<KeyOf<'user'>> | undefined;
  readonly organization: Loaded<KeyOf<'organization'>>;
  readonly callerMembership: Loaded<KeyOf<'membership'>> | undefined;
}

/** A member of the organization who executes the request. */
export interface ActingMember {
  readonly user: User;
  readonly organization: Organization;
  readonly membership: Membership;
}

/**
 * The acting user as a member of the organization, suspended or not.
 * @throws {OrganizationNotFound} also if the organization exists but the user is not a member; and the errors of
 *   `actingUser`
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

/** The acting member for a write. @throws {OrganizationSuspended} and the errors of `requireMember` */
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
      `This requires the permission ${permission}, which "${membership.memberUsername}" does not have as ${membership.role} of "${membership.organizationName}".`,
    );
  }
}
