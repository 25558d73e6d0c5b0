import { Forbidden, OrganizationNotFound, OrganizationSuspended, Unauthenticated } from '../errors.ts';
import { belongs, type Membership } from '../membership.ts';
import type { Organization } from '../organization.ts';
import { grants, type Permission } from '../permissions.ts';
import type { KeyOf, Known } from '../records.ts';
import type { User } from '../user.ts';

/** The caller's own side of everything that is done inside an organization. */
export interface Acting {
  readonly caller: Known<KeyOf<'user'>>;
  readonly organization: Known<KeyOf<'organization'>>;
  readonly callerMembership: Known<KeyOf<'membership'>>;
}

export interface ActingMember {
  readonly user: User;
  readonly organization: Organization;
  readonly membership: Membership;
}

/** The calling user, living and active. @throws {Unauthenticated} */
export function activeCaller(caller: Known<KeyOf<'user'>>): User {
  if (caller.record?.status !== 'active') {
    throw new Unauthenticated(`The caller "${caller.key.username}" is not an active user.`);
  }
  return caller.record;
}

/**
 * The caller as a member of the organization, suspended or not; to an outsider it does not exist.
 * @throws {Unauthenticated | OrganizationNotFound}
 */
export function insider({ caller, organization, callerMembership }: Acting): ActingMember {
  const user = activeCaller(caller);
  const membership = callerMembership.record;
  if (organization.record === undefined || !belongs(membership, user, organization.record)) {
    throw new OrganizationNotFound(organization.key.name);
  }
  return { user, organization: organization.record, membership };
}

/** An insider about to change something. @throws {OrganizationSuspended} besides what `insider` throws */
export function writingInsider(acting: Acting): ActingMember {
  const member = insider(acting);
  if (member.organization.status === 'suspended') {
    throw new OrganizationSuspended(member.organization.organizationName);
  }
  return member;
}

/** @throws {Forbidden} */
export function requirePermission({ membership }: ActingMember, permission: Permission): void {
  if (!grants(membership.role, permission)) {
    throw new Forbidden(
      `"${membership.memberUsername}" is ${membership.role} of "${membership.organizationName}"; this needs the permission ${permission}.`,
    );
  }
}
