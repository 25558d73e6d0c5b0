import type { OrganizationId, UserId } from './ids.ts';
import type { Slug, Username } from './names.ts';

/** What an event is about, or what it is numbered under. Streams belong to ids: a name taken again starts an empty one. */
export type EventStream =
  | { readonly kind: 'organization'; readonly id: OrganizationId }
  | { readonly kind: 'user'; readonly id: UserId };

type LifeCycle = 'created' | 'updated' | 'suspended' | 'resumed' | 'deleted';

export type EventType =
  | `user.${LifeCycle}`
  | `organization.${LifeCycle}`
  | 'membership.added'
  | 'membership.role_changed'
  | 'membership.removed'
  | 'ownership.transferred'
  | 'invitation.created'
  | 'invitation.accepted'
  | 'invitation.declined'
  | 'invitation.revoked';

export interface Actor {
  readonly type: 'user' | 'service' | 'anonymous';
  readonly name?: string;
  readonly onBehalfOf?: Username;
}

interface EventSubject {
  readonly type: 'user' | 'organization' | 'membership' | 'invitation';
  readonly username?: Username;
  readonly organizationName?: Slug;
  readonly id?: string;
}

/** By field; names and e-mail addresses appear as `{}`, so that a person can be erased. */
export type FieldChanges = Readonly<Record<string, { readonly from?: unknown; readonly to?: unknown }>>;

/** An event before it is numbered. */
export interface NewEvent {
  /** Every stream it is appended to; each numbers it on its own. */
  readonly streams: readonly EventStream[];
  readonly type: EventType;
  readonly actor: Actor;
  readonly subject: EventSubject;
  readonly changes: FieldChanges;
  /** The subject's version after the change. */
  readonly version: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
}

/** An event as it stands in one stream: `seq` is 1, 2, 3 … without holes, in commit order. */
export interface RecordedEvent extends Omit<NewEvent, 'streams'> {
  readonly seq: number;
}
