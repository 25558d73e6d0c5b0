import type { OrganizationId, UserId } from '../domain/ids.ts';

/** Everything that must never come twice, and chance. */
export interface Ids {
  /** `user_…`, ordered by time of making. */
  userId(): UserId;
  /** `org_…`, ordered by time of making. */
  organizationId(): OrganizationId;
  /** At least 122 random bits as URL-safe text: cache tokens, store ids. */
  token(): string;
  /** Uniform in [0, 1). */
  fraction(): number;
}
