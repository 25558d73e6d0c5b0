import type { InvitationId, OrganizationId } from './ids.ts';
import type { EmailAddress, Slug, Username } from './names.ts';
import type { Role } from './role.ts';

export interface Invitation {
  readonly id: InvitationId;
  readonly organizationName: Slug;
  readonly organizationId: OrganizationId;
  readonly email: EmailAddress;
  readonly role: Role;
  /** SHA-256 of the token, in hex. The token itself is shown once and not stored. */
  readonly tokenHash: string;
  readonly invitedBy: Username;
  /** RFC 3339, UTC, milliseconds. */
  readonly expiresAt: string;
  readonly createdAt: string;
}

/** `true` from `expiresAt` on. @param now RFC 3339, UTC, milliseconds */
export function hasExpired({ expiresAt }: Pick<Invitation, 'expiresAt'>, now: string): boolean {
  return expiresAt <= now;
}
