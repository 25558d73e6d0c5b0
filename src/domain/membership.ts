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

export type Standing =
  | { readonly inForce: true; readonly membership: Membership }
  | {
      readonly inForce: false;
      readonly reason: 'organization_not_found' | 'membership_not_found' | 'membership_suspended';
    };

/** Whether a membership counts right now: it belongs, and neither its user nor its organization is suspended. */
export function standing(
  membership: Membership | undefined,
  user: User | undefined,
  organization: Organization | undefined,
): Standing {
  if (organization === undefined) return { inForce: false, reason: 'organization_not_found' };
  if (user === undefined || !belongs(membership, user, organization)) {
    return { inForce: false, reason: 'membership_not_found' };
  }
  if (user.status === 'suspended' || organization.status === 'suspended') {
    return { inForce: false, reason: 'membership_suspended' };
  }
  return { inForce: true, membership };
}
