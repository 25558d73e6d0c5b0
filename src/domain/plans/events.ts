import { actorOf } from '../caller.ts';
import type { EventStream, EventType, FieldChanges, NewEvent } from '../event.ts';
import type { Membership } from '../membership.ts';
import type { Organization } from '../organization.ts';
import type { User } from '../user.ts';
import type { ChangeContext } from './change-context.ts';

const streamOfUser = ({ id }: Pick<User, 'id'>): EventStream => ({ kind: 'user', id });
const streamOfOrganization = ({ id }: Pick<Organization, 'id'>): EventStream => ({
  kind: 'organization',
  id,
});

/** The contents of every event besides its subject. `version` is that of the subject after the change. */
interface EventDetails<Type extends EventType> {
  readonly type: Type;
  readonly version: number;
  readonly changes: FieldChanges;
}

export function userEvent(
  user: User,
  details: EventDetails<EventType & `user.${string}`>,
  context: ChangeContext,
): NewEvent {
  const { username, id } = user;
  return event([streamOfUser(user)], { type: 'user', username, id }, details, context);
}

/** @param affectedUsers the users whose own memberships change with it */
export function organizationEvent(
  organization: Organization,
  details: EventDetails<EventType & (`organization.${string}` | 'ownership.transferred')>,
  context: ChangeContext,
  affectedUsers: readonly User[] = [],
): NewEvent {
  const { organizationName, id } = organization;
  const streams = [streamOfOrganization(organization), ...affectedUsers.map(streamOfUser)];
  return event(streams, { type: 'organization', organizationName, id }, details, context);
}

type MembershipEventDetails = EventDetails<EventType & `membership.${string}`>;

/** A change of a membership is recorded in the streams of its organization and of its user. */
export function membershipEvent(
  { organizationName, memberUsername: username, organizationId, userId }: Membership,
  details: MembershipEventDetails,
  context: ChangeContext,
): NewEvent {
  const streams = [streamOfOrganization({ id: organizationId }), streamOfUser({ id: userId })];
  return event(streams, { type: 'membership', organizationName, username }, details, context);
}

/**
 * The end of a membership with its user is recorded in the organization's stream only: the user's stream ends with the
 * deletion of the user.
 */
export function membershipEndedWithUserEvent(
  { username }: User,
  organization: Organization,
  details: MembershipEventDetails,
  context: ChangeContext,
): NewEvent {
  const { organizationName } = organization;
  const subject = { type: 'membership', organizationName, username } as const;
  return event([streamOfOrganization(organization)], subject, details, context);
}

function event(
  streams: readonly EventStream[],
  subject: NewEvent['subject'],
  { type, version, changes }: EventDetails<EventType>,
  { caller, at }: ChangeContext,
): NewEvent {
  return { streams, type, actor: actorOf(caller), subject, changes, version, at };
}
