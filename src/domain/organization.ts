import type { AccountStatus } from './account-status.ts';
import type { OrganizationId } from './ids.ts';
import type { DisplayText, Slug, Username } from './names.ts';

/** Maximum number of Owners of one organization. */
export const MAX_OWNERS = 100;

export interface Organization {
  readonly id: OrganizationId;
  /** The slug: used in paths and keys; never changes. */
  readonly organizationName: Slug;
  readonly displayName: DisplayText;
  readonly foundingUser: Username;
  readonly status: AccountStatus;
  /** All users with the role Owner, suspended or not; never empty. */
  readonly owners: readonly Username[];
  /** RFC 3339, UTC, milliseconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
}
