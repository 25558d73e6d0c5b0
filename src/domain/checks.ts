import type { KnownOfMember } from './access/member-in-question.ts';
import { seesMembership } from './access/reading.ts';
import type { Caller } from './caller.ts';
import { MembershipNotFound, MembershipSuspended, OrganizationNotFound } from './errors.ts';
import { type Membership, standing, type Void } from './membership.ts';
import type { Slug, Username } from './names.ts';
import { grants, type Permission } from './permissions.ts';
import type { Versioned } from './records.ts';
import { isAtLeast, type Role } from './role.ts';

/** Is this user in this organization, and as what? Given a role and a permission, both must hold; given neither, any membership will do. */
export interface Check {
  readonly organization: Slug;
  readonly username: Username;
  /** At least this: an Owner is also an Admin, an Admin also a Member. */
  readonly role?: Role | undefined;
  readonly permission?: Permission | undefined;
}

export type CheckResult =
  | { readonly allowed: true; readonly role: Role; readonly version: number }
  | { readonly allowed: false; readonly reason: 'not_visible' | Void }
  /** The membership is in force, but is not enough. */
  | {
      readonly allowed: false;
      readonly reason: 'role_too_low' | 'permission_missing';
      readonly role: Role;
      readonly version: number;
    };

/**
 * Where several reasons hold, the answer is the first of: `not_visible`; `organization_not_found`, `user_not_found`,
 * `not_member`, `organization_suspended`, `user_suspended` (as in `standing`); `role_too_low`, `permission_missing`.
 * `not_visible` is all that an outsider gets who asks about others, whether there is such an organization or not.
 * @throws what `actingUser` throws
 */
export function answerCheck(
  known: KnownOfMember,
  { role: minimum, permission }: Pick<Check, 'role' | 'permission'>,
  caller: Caller,
): CheckResult {
  if (!seesMembership(known, caller)) return { allowed: false, reason: 'not_visible' };
  const found = standing(known.membership.record, known.user.record, known.organization.record);
  if (!found.inForce) return { allowed: false, reason: found.reason };
  const { role } = found.membership;
  const { version } = known.membership;
  if (minimum !== undefined && !isAtLeast(role, minimum)) {
    return { allowed: false, reason: 'role_too_low', role, version };
  }
  if (permission !== undefined && !grants(role, permission)) {
    return { allowed: false, reason: 'permission_missing', role, version };
  }
  return { allowed: true, role, version };
}

/**
 * The membership while it is in force, to whoever sees it.
 * @throws {OrganizationNotFound | MembershipNotFound | MembershipSuspended} besides what `actingUser` throws
 */
export function membershipInForce(known: KnownOfMember, caller: Caller): Versioned<Membership> {
  const { name: organization } = known.organization.key;
  const { username } = known.user.key;
  if (!seesMembership(known, caller)) throw new OrganizationNotFound(organization);
  const found = standing(known.membership.record, known.user.record, known.organization.record);
  if (found.inForce) return { record: found.membership, version: known.membership.version };
  switch (found.reason) {
    case 'organization_not_found':
      throw new OrganizationNotFound(organization);
    case 'user_not_found':
    case 'not_member':
      throw new MembershipNotFound(organization, username);
    case 'organization_suspended':
    case 'user_suspended':
      throw new MembershipSuspended(organization, username);
  }
}
