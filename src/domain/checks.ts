import { maySeeMembership } from './access/read-access.ts';
import type { MemberContext } from './access/target-membership.ts';
import type { Caller } from './caller.ts';
import { MembershipNotFound, MembershipSuspended, OrganizationNotFound } from './errors.ts';
import { type IneffectiveReason, type Membership, membershipState } from './membership.ts';
import type { Slug, Username } from './names.ts';
import { grants, type Permission } from './permissions.ts';
import type { Versioned } from './records.ts';
import { isAtLeast, type Role } from './role.ts';

/**
 * Is this user a member of this organization, and with which role? Role and permission must both hold if given; if neither
 * is given, any membership passes.
 */
export interface Check {
  readonly organization: Slug;
  readonly username: Username;
  /** The minimum role: an Owner counts as an Admin, an Admin as a Member. */
  readonly role?: Role | undefined;
  readonly permission?: Permission | undefined;
}

export type CheckResult =
  | { readonly allowed: true; readonly role: Role; readonly version: number }
  | { readonly allowed: false; readonly reason: 'not_visible' | IneffectiveReason }
  /** The membership is in force but not sufficient. */
  | {
      readonly allowed: false;
      readonly reason: 'role_too_low' | 'permission_missing';
      readonly role: Role;
      readonly version: number;
    };

/**
 * If several reasons apply, the result contains the first of: `not_visible`; `organization_not_found`, `user_not_found`,
 * `not_member`, `organization_suspended`, `user_suspended` (as in `membershipState`); `role_too_low`, `permission_missing`.
 * A caller who asks about another user without being a member only gets `not_visible`, whether the organization exists or
 * not.
 * @throws the errors of `actingUser`
 */
export function evaluateCheck(
  loaded: MemberContext,
  { role: minimum, permission }: Pick<Check, 'role' | 'permission'>,
  caller: Caller,
): CheckResult {
  if (!maySeeMembership(loaded, caller)) return { allowed: false, reason: 'not_visible' };
  const state = membershipState(loaded.membership.record, loaded.user.record, loaded.organization.record);
  if (!state.effective) return { allowed: false, reason: state.reason };
  const { role } = state.membership;
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
 * The membership, if it is in force and the caller may see it.
 * @throws {OrganizationNotFound | MembershipNotFound | MembershipSuspended} and the errors of `actingUser`
 */
export function effectiveMembership(loaded: MemberContext, caller: Caller): Versioned<Membership> {
  const { name: organization } = loaded.organization.key;
  const { username } = loaded.user.key;
  if (!maySeeMembership(loaded, caller)) throw new OrganizationNotFound(organization);
  const state = membershipState(loaded.membership.record, loaded.user.record, loaded.organization.record);
  if (state.effective) return { record: state.membership, version: loaded.membership.version };
  switch (state.reason) {
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
