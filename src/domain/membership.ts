import type { OrganizationId, UserId } from './ids.ts';
import type { Slug, Username } from './names.ts';
import type { Organization } from './organization.ts';
import type { Role } from './role.ts';
import type { User } from './user.ts';

export interface Membership {
  readonly organizationName: Slug;
  readonly memberUsername: Username;
  /** The ids of the organization and the user of the membership: a re-created name does not restore it. */
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly role: Role;
  /** RFC 3339, UTC, milliseconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/**
 * Whether a membership is that of this user in this organization, and both exist. Suspension does not matter: members of a
 * suspended organization still belong to it.
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

/** Why a membership is not in force. If several reasons apply, the first in this order is reported. */
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
 * Whether a membership is in force: it belongs, and neither its user nor its organization is suspended. Suspension is
 * checked last, so that the status of an organization or user is not disclosed to a non-member.
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
