import type { Caller } from './caller.ts';
import type { User } from './user.ts';

/** How long the outcome of a request is remembered, in milliseconds. */
export const IDEMPOTENCY_TTL_MS = 24 * 3_600_000;

/**
 * Under which id the outcome of a request with an idempotency key is remembered: keys belong to who sends them, users by
 * their id, so that who takes a name again has none of the earlier one's. `undefined` = nobody living is behind it.
 * @param user the one that the caller is or acts for
 */
export function idempotencyId(caller: Caller, user: User | undefined, key: string): string | undefined {
  switch (caller.type) {
    case 'anonymous':
      return `anonymous#${key}`;
    case 'user':
      return user?.status === 'active' ? `user:${user.id}#${key}` : undefined;
    case 'service':
      if (caller.onBehalfOf === undefined) return `service:${caller.name}#${key}`;
      return user?.status === 'active' ? `service:${caller.name}/user:${user.id}#${key}` : undefined;
  }
}
