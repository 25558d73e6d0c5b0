import type { KnownOfUser } from '../access/acting-user.ts';
import { userToAdminister } from '../access/changing.ts';
import type { AccountStatus } from '../account-status.ts';
import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import type { Versioned } from '../records.ts';
import type { User } from '../user.ts';
import type { Context } from './context.ts';
import { userEvent } from './events.ts';

/**
 * Suspends or resumes a user: a service with the scope `admin` does. Done again it changes nothing. A suspended Owner
 * remains one.
 * @throws {Forbidden | UserNotFound} besides what `actingUser` throws
 */
export function planSetUserStatus(
  known: KnownOfUser,
  status: AccountStatus,
  context: Context,
): Plan<Versioned<User>> {
  const user = userToAdminister(known, context.caller);
  if (user.status === status) return { result: { record: user, version: known.user.version } };
  const { at } = context;
  const set = put(known.user, { ...user, status, updatedAt: at });
  const type = status === 'suspended' ? 'user.suspended' : 'user.resumed';
  const changes = { status: { from: user.status, to: status } };
  const version = versionAfter(set);
  return {
    result: written(set),
    change: changeOf({
      at,
      writes: [set],
      relied: [],
      events: [userEvent(user, { type, version, changes }, context)],
    }),
  };
}
