import type { OrganizationId, UserId } from './ids.ts';
import type { Slug, Username } from './names.ts';

/** A sequence of events. Streams belong to ids: a re-created name starts an empty stream. */
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

/** The changed fields. Names and e-mail addresses appear as `{}`, so that personal data can be erased. */
export type FieldChanges = Readonly<Record<string, { readonly from?: unknown; readonly to?: unknown }>>;

/** An event before it is numbered. */
export interface NewEvent {
  /** The streams to which it is appended; each has its own numbering. */
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

/** An event in one stream. `seq` is 1, 2, 3 … without gaps, in commit order. */
export interface RecordedEvent extends Omit<NewEvent, 'streams'> {
  readonly seq: number;
}
