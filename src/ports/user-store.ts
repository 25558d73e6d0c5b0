import type { Change, IdempotencyRecord } from '../domain/change.ts';
import type { EventStream, RecordedEvent } from '../domain/event.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { Invitation } from '../domain/invitation.ts';
import type { Membership } from '../domain/membership.ts';
import type { Slug, Username } from '../domain/names.ts';
import type { Loaded, LoadedAll, RecordKey, Versioned } from '../domain/records.ts';
import type { Deadline } from './clock.ts';

/**
 * The durable truth. It speaks of the domain's records and keys, never of tables.
 *
 * Common to all operations:
 * - They settle by their deadline. What cannot be done, or not in time, rejects with `StoreUnavailable`; only what writes
 *   may also reject otherwise.
 * - Reads are consistent: they see every commit that was acknowledged before they began.
 * - What goes in and comes out is the caller's: nothing is shared with the store or with another caller. While an
 *   operation is under way, what was given to it must not be touched.
 * - Times are RFC 3339 in UTC with milliseconds, so that their order is the order of the text. At `expiresAt` a thing has
 *   expired.
 */
export interface UserStore
  extends RecordReader,
    RecordLists,
    EventLog,
    Committer,
    IdempotencyLog,
    GarbageCollection,
    MetaStore {}

/** Most keys that one snapshot, and most entries that one page, may have. */
export const MAX_KEYS = 100;

export interface RecordReader {
  /**
   * The records as they all were **at one instant**, in the order of the keys (1 to `MAX_KEYS`, no key twice).
   * A deleted record answers with the version of its tombstone for as long as that is kept, expired or not.
   */
  readMany<const Keys extends readonly RecordKey[]>(keys: Keys, deadline: Deadline): Promise<LoadedAll<Keys>>;
}

/** Where a list goes on: opaque, made by the adapter, valid for the same list on any instance. */
export type Cursor = string & { readonly kind?: 'Cursor' };

export interface Page<T> {
  /** At most `limit`; fewer says nothing about whether more follow. */
  readonly items: readonly T[];
  /** Only its absence ends the list. */
  readonly next?: Cursor;
}

export interface PageRequest {
  /** 1 to `MAX_KEYS`. */
  readonly limit: number;
  readonly after?: Cursor | undefined;
}

/**
 * Live records in ascending order of the name (code units). While records come and go between the pages,
 * each one that was there all the time is listed exactly once, and no record is listed twice.
 * A list holds what is recorded: whether a membership still *belongs* is the domain's question.
 */
export interface RecordLists {
  listMembershipsOfOrganization(
    organization: Slug,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Membership>>>;

  listMembershipsOfUser(
    username: Username,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Membership>>>;

  /** In ascending order of the invitation's id. Whether one has expired is the domain's question. */
  listInvitations(
    organization: OrganizationId,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Invitation>>>;

  /** Every record and tombstone, in no order, each that is there all the time exactly once. For migrate, sweep and export. */
  scan(page: PageRequest, deadline: Deadline): Promise<Page<Loaded>>;
}

export interface EventLog {
  /**
   * The events of one stream whose `seq` is greater than `after` (0 = all), by ascending `seq`: `limit` of them (1 to
   * `MAX_KEYS`), fewer only where there are no more.
   */
  listEvents(
    stream: EventStream,
    after: number,
    limit: number,
    deadline: Deadline,
  ): Promise<readonly RecordedEvent[]>;
}

export interface Committer {
  /**
   * Applies a change **at once or not at all**, if every write's record is what it expected and every condition's
   * record lives at its version. Each written record gets the version after the expected one; a deleted one leaves a
   * tombstone with that version, from which a re-creation counts on. Every event gets the next number of each of its
   * streams: 1, 2, 3 … without holes, in commit order, those of one change in their order. An idempotency record takes its id, unless one that has not
   * expired at `change.at` holds it.
   *
   * Acknowledged means durable. Nothing is applied after the deadline where the store can tell.
   *
   * @throws {Conflict} something is not as expected; nothing was written. It names one of the records that moved
   * @throws {StoreUnavailable} nothing was written, and nothing will be
   * @throws {OutcomeUnknown} it may have been applied, or may yet be, until the deadline
   */
  commit(change: Change, deadline: Deadline): Promise<void>;
}

export interface IdempotencyLog {
  /** The record of this id, unless it has expired at `now`. */
  readIdempotencyRecord(id: string, now: string, deadline: Deadline): Promise<IdempotencyRecord | undefined>;
}

export interface GarbageCollection {
  /**
   * Removes tombstones and idempotency records that have expired at `now`; nothing where the store does that by itself.
   * @returns how many, `limit` at most; fewer = there are no more
   */
  removeExpired(now: string, limit: number, deadline: Deadline): Promise<number>;
}

/** What a store says of itself: which store it is, and which cache its fleet uses. */
export interface Meta {
  /** Unlike that of any other store. */
  readonly storeId: string;
  /** Raised whenever everything cached before must not be believed any more. */
  readonly generation: number;
  /** The cache that all instances on this store use, as one line of text. */
  readonly cache: string;
}

export interface MetaStore {
  readMeta(deadline: Deadline): Promise<Meta | undefined>;

  /**
   * Replaces the meta record if it equals `expected` (`undefined` = there is none). `false` = it does not; nothing was
   * written.
   * @throws {StoreUnavailable} nothing was written
   * @throws {OutcomeUnknown} it may have been
   */
  replaceMeta(expected: Meta | undefined, next: Meta, deadline: Deadline): Promise<boolean>;

  /** Whether this process alone has the store open, and no other can open it before `share` or the end of this process. */
  readonly exclusive: boolean;

  /**
   * Lets other processes in. Of no effect where they are in already, or can never be.
   * @throws {StoreUnavailable} when another process took the store for itself in between
   */
  share(deadline: Deadline): Promise<void>;
}
