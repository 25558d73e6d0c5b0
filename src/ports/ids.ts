import type { OrganizationId, UserId } from '../domain/ids.ts';

/** Unique ids and tokens, and random numbers. */
export interface Ids {
  /** `user_…`, ordered by creation time. */
  userId(): UserId;
  /** `org_…`, ordered by creation time. */
  organizationId(): OrganizationId;
  /** At least 122 random bits as URL-safe text: cache tokens, store ids. */
  token(): string;
  /** Uniform in [0, 1). */
  fraction(): number;
}
