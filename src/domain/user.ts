import type { AccountStatus } from './account-status.ts';
import type { OrganizationId, UserId } from './ids.ts';
import type { DisplayText, EmailAddress, Slug, Username } from './names.ts';

/** Maximum number of organizations that one user may own. */
export const MAX_OWNED_ORGANIZATIONS = 25;

export interface User {
  readonly id: UserId;
  readonly username: Username;
  readonly firstName: DisplayText;
  readonly lastName: DisplayText;
  readonly email?: EmailAddress;
  readonly status: AccountStatus;
  /** The organizations whose `owners` include this user. An entry counts only while the organization exists with this id. */
  readonly ownerOf: readonly OwnedOrganization[];
  /** RFC 3339, UTC, milliseconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface OwnedOrganization {
  readonly name: Slug;
  readonly id: OrganizationId;
}

/** The user that has an e-mail address: a separate record, so that two users cannot have the same address. */
export interface EmailClaim {
  readonly username: Username;
  readonly userId: UserId;
}
