import type { Caller } from '../caller.ts';
import { Forbidden, OrganizationNotFound, OrganizationSuspended } from '../errors.ts';
import { belongs, type Membership } from '../membership.ts';
import type { Organization } from '../organization.ts';
import { grants, type Permission } from '../permissions.ts';
import type { KeyOf, Known } from '../records.ts';
import type { User } from '../user.ts';
import { type ActingScope, actingUser } from './acting-user.ts';

/** An organization, and the caller's own side of it: none where a service asks in its own name. */
export interface KnownInside {
  readonly caller: Known<KeyOf<'user'>> | undefined;
  readonly organization: Known<KeyOf<'organization'>>;
  readonly callerMembership: Known<KeyOf<'membership'>> | undefined;
}

/** The acting user as a member of the organization. */
export interface Insider {
  readonly user: User;
  readonly organization: Organization;
  readonly membership: Membership;
}

/**
 * The acting user as a member of the organization, suspended or not; to an outsider it does not exist.
 * @throws {OrganizationNotFound} besides what `actingUser` throws
 */
export function insider(known: KnownInside, caller: Caller, scope: ActingScope): Insider {
  const user = actingUser(caller, known.caller, scope);
  const organization = known.organization.record;
  const membership = known.callerMembership?.record;
  if (organization === undefined || !belongs(membership, user, organization)) {
    throw new OrganizationNotFound(known.organization.key.name);
  }
  return { user, organization, membership };
}

/** An insider about to change something. @throws {OrganizationSuspended} besides what `insider` throws */
export function writingInsider(known: KnownInside, caller: Caller): Insider {
  const member = insider(known, caller, 'write');
  requireNotSuspended(member.organization);
  return member;
}

/** @throws {OrganizationSuspended} */
export function requireNotSuspended({ status, organizationName }: Organization): void {
  if (status === 'suspended') throw new OrganizationSuspended(organizationName);
}

/** @throws {Forbidden} */
export function requirePermission({ membership }: Insider, permission: Permission): void {
  if (!grants(membership.role, permission)) {
    throw new Forbidden(
      `"${membership.memberUsername}" is ${membership.role} of "${membership.organizationName}"; this needs the permission ${permission}.`,
    );
  }
}
