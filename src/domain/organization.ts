import type { AccountStatus } from './account-status.ts';
import type { OrganizationId } from './ids.ts';
import type { DisplayText, Slug, Username } from './names.ts';

/** How many Owners one organization may have. */
export const MAX_OWNERS = 100;

export interface Organization {
  readonly id: OrganizationId;
  /** The slug: stands in paths and keys and never changes. */
  readonly organizationName: Slug;
  readonly displayName: DisplayText;
  readonly foundingUser: Username;
  readonly status: AccountStatus;
  /** Everyone whose role is Owner, suspended or not; never empty. */
  readonly owners: readonly Username[];
  /** RFC 3339, UTC, milliseconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
}
