import { versionAfter, type Write } from '../change.ts';
import type { EventType, FieldChanges, NewEvent } from '../event.ts';
import type { Membership } from '../membership.ts';
import type { KeyOf } from '../records.ts';
import type { Context } from './context.ts';

/** A change of a membership is an event of its organization and of its user. */
export function membershipEvent(
  type: EventType & `membership.${string}`,
  { organizationName, memberUsername, organizationId, userId }: Membership,
  write: Write<KeyOf<'membership'>>,
  changes: FieldChanges,
  { actor, at }: Context,
): NewEvent {
  return {
    streams: [
      { kind: 'organization', id: organizationId },
      { kind: 'user', id: userId },
    ],
    type,
    actor,
    subject: { type: 'membership', organizationName, username: memberUsername },
    changes,
    version: versionAfter(write),
    at,
  };
}
