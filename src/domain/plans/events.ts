import { actorOf } from '../caller.ts';
import type { EventStream, EventType, FieldChanges, NewEvent } from '../event.ts';
import type { Membership } from '../membership.ts';
import type { Organization } from '../organization.ts';
import type { User } from '../user.ts';
import type { Context } from './context.ts';

const streamOfUser = ({ id }: Pick<User, 'id'>): EventStream => ({ kind: 'user', id });
const streamOfOrganization = ({ id }: Pick<Organization, 'id'>): EventStream => ({
  kind: 'organization',
  id,
});

/** What every event says besides its subject. `version` is the subject's after the change. */
interface Happening<Type extends EventType> {
  readonly type: Type;
  readonly version: number;
  readonly changes: FieldChanges;
}

export function userEvent(
  user: User,
  happening: Happening<EventType & `user.${string}`>,
  context: Context,
): NewEvent {
  const { username, id } = user;
  return event([streamOfUser(user)], { type: 'user', username, id }, happening, context);
}

/** @param alsoOf the users whose own memberships change with it */
export function organizationEvent(
  organization: Organization,
  happening: Happening<EventType & (`organization.${string}` | 'ownership.transferred')>,
  context: Context,
  alsoOf: readonly User[] = [],
): NewEvent {
  const { organizationName, id } = organization;
  const streams = [streamOfOrganization(organization), ...alsoOf.map(streamOfUser)];
  return event(streams, { type: 'organization', organizationName, id }, happening, context);
}

type MembershipHappening = Happening<EventType & `membership.${string}`>;

/** A change of a membership is an event of its organization and of its user. */
export function membershipEvent(
  { organizationName, memberUsername: username, organizationId, userId }: Membership,
  happening: MembershipHappening,
  context: Context,
): NewEvent {
  const streams = [streamOfOrganization({ id: organizationId }), streamOfUser({ id: userId })];
  return event(streams, { type: 'membership', organizationName, username }, happening, context);
}

/** A membership that ends with its user is an event of the organization alone: the user's stream ends with their own. */
export function membershipEndsWithUser(
  { username }: User,
  organization: Organization,
  happening: MembershipHappening,
  context: Context,
): NewEvent {
  const { organizationName } = organization;
  const subject = { type: 'membership', organizationName, username } as const;
  return event([streamOfOrganization(organization)], subject, happening, context);
}

function event(
  streams: readonly EventStream[],
  subject: NewEvent['subject'],
  { type, version, changes }: Happening<EventType>,
  { caller, at }: Context,
): NewEvent {
  return { streams, type, actor: actorOf(caller), subject, changes, version, at };
}
