import type { AccountStatus } from './account-status.ts';
import type { OrganizationId, UserId } from './ids.ts';
import type { DisplayText, EmailAddress, Slug, Username } from './names.ts';

/** How many organizations one user may own. */
export const MAX_OWNED_ORGANIZATIONS = 25;

export interface User {
  readonly id: UserId;
  readonly username: Username;
  readonly firstName: DisplayText;
  readonly lastName: DisplayText;
  readonly email?: EmailAddress;
  readonly status: AccountStatus;
  /** The organizations whose `owners` list this user; an entry counts only while that organization lives under that id. */
  readonly ownerOf: readonly OwnedOrganization[];
  /** RFC 3339, UTC, milliseconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface OwnedOrganization {
  readonly name: Slug;
  readonly id: OrganizationId;
}

/** Who holds an e-mail address: a record of its own, so that two users cannot take one address. */
export interface EmailClaim {
  readonly username: Username;
  readonly userId: UserId;
}
