import type { Change, IdempotencyRecord } from '../domain/change.ts';
import type { EventStream, RecordedEvent } from '../domain/event.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { Invitation } from '../domain/invitation.ts';
import type { Membership } from '../domain/membership.ts';
import type { Slug, Username } from '../domain/names.ts';
import type { Loaded, LoadedAll, RecordKey, Versioned } from '../domain/records.ts';
import type { Deadline } from './clock.ts';
import type { StoreServer } from './epoch.ts';
import type { MetaStore } from './meta-store.ts';

/**
 * The durable store of all records. Its interface uses the domain's records and keys, never tables.
 *
 * All operations:
 * - settle by their deadline. They reject with `StoreUnavailable` on failure or when late; only writes may also reject
 *   with other errors;
 * - read consistently: they see every commit that was acknowledged before they began;
 * - share no objects with the caller: results are the caller's to modify. The caller must not modify arguments while
 *   an operation is in progress.
 *
 * Times are RFC 3339 in UTC with milliseconds, so that text order is time order. A record expires at its `expiresAt`,
 * not after it.
 */
export interface UserStore extends MetaStore {
  /**
   * The records, as this server of the store has them. Every operation proves which server answered in the same exchange,
   * and rejects with `StoreServerChanged` where it was another one.
   */
  on(server: StoreServer): RecordStore;
}

export interface RecordStore
  extends RecordReader,
    RecordLists,
    EventLog,
    Committer,
    IdempotencyLog,
    GarbageCollection {}

/** Maximum number of keys in one snapshot, and of items in one page. */
export const MAX_KEYS = 100;

export interface RecordReader {
  /**
   * The records as they all were **at one instant**, in the order of the keys (1 to `MAX_KEYS`, distinct).
   * For a deleted record: the version of its tombstone, expired or not, until the tombstone is removed.
   */
  readMany<const Keys extends readonly RecordKey[]>(keys: Keys, deadline: Deadline): Promise<LoadedAll<Keys>>;
}

/** The position where a list continues: opaque, created by the adapter, valid for the same list on any instance. */
export type Cursor = string & { readonly kind?: 'Cursor' };

export interface Page<T> {
  /** At most `limit`; fewer does not mean that the list ends. */
  readonly items: readonly T[];
  /** The list ends only when this is absent. */
  readonly next?: Cursor;
}

export interface PageRequest {
  /** 1 to `MAX_KEYS`. */
  readonly limit: number;
  readonly after?: Cursor | undefined;
}

/**
 * Live records in ascending order of the name (code units). While records are added and deleted between pages, a
 * record that exists throughout is listed exactly once, and no record is listed twice.
 * A list contains what is recorded; whether a membership still *belongs* is decided by the domain.
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

  /** In ascending order of the invitation's id. Whether one has expired is decided by the domain. */
  listInvitations(
    organization: OrganizationId,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Invitation>>>;

  /**
   * All records and tombstones, in no particular order. Each that exists throughout the scan is returned exactly once.
   * For migrate, sweep and export.
   */
  scan(page: PageRequest, deadline: Deadline): Promise<Page<Loaded>>;
}

export interface EventLog {
  /**
   * The events of one stream with a `seq` greater than `after` (0 = all), in ascending order of `seq`: `limit` of them
   * (1 to `MAX_KEYS`), or fewer if there are no more.
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
   * Applies a change **atomically**, if the record of every write is as expected and the record of every precondition
   * is live at its version.
   *
   * - Each written record gets the version after the expected one. A deleted record leaves a tombstone with that
   *   version; re-creation continues to count from it.
   * - Every event gets the next number of each of its streams: 1, 2, 3 … without gaps, in commit order; events of one
   *   change keep their order.
   * - An idempotency record is stored under its id, unless another record with that id exists that has not expired at
   *   `change.at`.
   * - Acknowledged means durable. Where the store can check its clock, nothing is applied after the deadline.
   *
   * @throws {Conflict} a condition is not met; nothing was written. It names one of the records that changed
   * @throws {StoreUnavailable} nothing was written, and nothing will be
   * @throws {OutcomeUnknown} it may have been applied, or may still be applied until the deadline
   */
  commit(change: Change, deadline: Deadline): Promise<void>;
}

export interface IdempotencyLog {
  /** The record with this id, unless it has expired at `now`. */
  readIdempotencyRecord(id: string, now: string, deadline: Deadline): Promise<IdempotencyRecord | undefined>;
}

export interface GarbageCollection {
  /**
   * Removes tombstones and idempotency records that have expired at `now`. A store that expires them itself removes
   * nothing here.
   * @returns the number removed, at most `limit`; fewer = none are left
   */
  removeExpired(now: string, limit: number, deadline: Deadline): Promise<number>;
}
