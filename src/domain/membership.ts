import type { OrganizationId, UserId } from './ids.ts';
import type { Slug, Username } from './names.ts';
import type { Organization } from './organization.ts';
import type { Role } from './role.ts';
import type { User } from './user.ts';

export interface Membership {
  readonly organizationName: Slug;
  readonly memberUsername: Username;
  /** The organization and the user it was made for: a name that was taken again by others revives nothing. */
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly role: Role;
  /** RFC 3339, UTC, milliseconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/**
 * Whether a membership was made for just this user and this organization, both living.
 * Suspension does not matter here: members of a suspended organization still belong to it.
 */
export function belongs(
  membership: Membership | undefined,
  user: User | undefined,
  organization: Organization | undefined,
): membership is Membership {
  return (
    membership !== undefined &&
    user !== undefined &&
    organization !== undefined &&
    membership.userId === user.id &&
    membership.organizationId === organization.id
  );
}

/** Why a membership does not count. Where several reasons hold, it is the first in this order. */
export type IneffectiveReason =
  | 'organization_not_found'
  | 'user_not_found'
  | 'not_member'
  | 'organization_suspended'
  | 'user_suspended';

export type MembershipState =
  | { readonly effective: true; readonly membership: Membership }
  | { readonly effective: false; readonly reason: IneffectiveReason };

/**
 * Whether a membership counts right now: it belongs, and neither its user nor its organization is suspended.
 * Suspension comes last, so that of an organization or user without a membership between them nothing but their being
 * there is told.
 */
export function membershipState(
  membership: Membership | undefined,
  user: User | undefined,
  organization: Organization | undefined,
): MembershipState {
  if (organization === undefined) return { effective: false, reason: 'organization_not_found' };
  if (user === undefined) return { effective: false, reason: 'user_not_found' };
  if (!belongs(membership, user, organization)) return { effective: false, reason: 'not_member' };
  if (organization.status === 'suspended') return { effective: false, reason: 'organization_suspended' };
  if (user.status === 'suspended') return { effective: false, reason: 'user_suspended' };
  return { effective: true, membership };
}
