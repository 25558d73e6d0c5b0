import { maySeeMembership } from './access/read-access.ts';
import type { MemberContext } from './access/target-membership.ts';
import type { Caller } from './caller.ts';
import { MembershipNotFound, MembershipSuspended, OrganizationNotFound } from './errors.ts';
import { type IneffectiveReason, type Membership, membershipState } from './membership.ts';
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
  | { readonly allowed: false; readonly reason: 'not_visible' | IneffectiveReason }
  /** The membership is in force, but is not enough. */
  | {
      readonly allowed: false;
      readonly reason: 'role_too_low' | 'permission_missing';
      readonly role: Role;
      readonly version: number;
    };

/**
 * Where several reasons hold, the answer is the first of: `not_visible`; `organization_not_found`, `user_not_found`,
 * `not_member`, `organization_suspended`, `user_suspended` (as in `membershipState`); `role_too_low`, `permission_missing`.
 * `not_visible` is all that an outsider gets who asks about others, whether there is such an organization or not.
 * @throws what `actingUser` throws
 */
export function evaluateCheck(
  loaded: MemberContext,
  { role: minimum, permission }: Pick<Check, 'role' | 'permission'>,
  caller: Caller,
): CheckResult {
  if (!maySeeMembership(loaded, caller)) return { allowed: false, reason: 'not_visible' };
  const found = membershipState(loaded.membership.record, loaded.user.record, loaded.organization.record);
  if (!found.effective) return { allowed: false, reason: found.reason };
  const { role } = found.membership;
  const { version } = loaded.membership;
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
export function effectiveMembership(loaded: MemberContext, caller: Caller): Versioned<Membership> {
  const { name: organization } = loaded.organization.key;
  const { username } = loaded.user.key;
  if (!maySeeMembership(loaded, caller)) throw new OrganizationNotFound(organization);
  const found = membershipState(loaded.membership.record, loaded.user.record, loaded.organization.record);
  if (found.effective) return { record: found.membership, version: loaded.membership.version };
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
