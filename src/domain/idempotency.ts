import type { Caller } from './caller.ts';
import type { User } from './user.ts';

/** How long the outcome of a request is stored, in milliseconds. */
export const IDEMPOTENCY_TTL_MS = 24 * 3_600_000;

/**
 * The id under which the outcome of a request with an idempotency key is stored. Keys belong to the caller. Users are
 * identified by id, so that a re-created name does not inherit keys. `undefined` = the user is not active.
 * @param user the user that the caller is or acts on behalf of
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
