import type { UserContext } from '../access/acting-user.ts';
import { userToAdminister } from '../access/write-access.ts';
import type { AccountStatus } from '../account-status.ts';
import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import type { Versioned } from '../records.ts';
import type { User } from '../user.ts';
import type { ChangeContext } from './change-context.ts';
import { userEvent } from './events.ts';

/**
 * Suspends or resumes a user. Allowed for a service with the scope `admin`. Setting the current status changes nothing. A
 * suspended Owner remains an Owner.
 * @throws {Forbidden | UserNotFound} and the errors of `actingUser`
 */
export function planSetUserStatus(
  loaded: UserContext,
  status: AccountStatus,
  context: ChangeContext,
): Plan<Versioned<User>> {
  const user = userToAdminister(loaded, context.caller);
  if (user.status === status) return { result: { record: user, version: loaded.user.version } };
  const { at } = context;
  const set = put(loaded.user, { ...user, status, updatedAt: at });
  const type = status === 'suspended' ? 'user.suspended' : 'user.resumed';
  const changes = { status: { from: user.status, to: status } };
  const version = versionAfter(set);
  return {
    result: written(set),
    change: changeOf({
      at,
      writes: [set],
      preconditions: [],
      events: [userEvent(user, { type, version, changes }, context)],
    }),
  };
}
