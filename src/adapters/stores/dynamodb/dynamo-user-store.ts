import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Change, IdempotencyRecord } from '../../../domain/change.ts';
import type { EventStream, RecordedEvent } from '../../../domain/event.ts';
import type { OrganizationId } from '../../../domain/ids.ts';
import type { Invitation } from '../../../domain/invitation.ts';
import type { Membership } from '../../../domain/membership.ts';
import { parseSlug, parseUsername, type Slug, type Username } from '../../../domain/names.ts';
import {
  type KeyOf,
  type Loaded,
  type LoadedAll,
  membershipKey,
  type RecordKey,
  type Versioned,
} from '../../../domain/records.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import type { StoreServer } from '../../../ports/epoch.ts';
import { Conflict, StoreServerChanged, StoreUnavailable } from '../../../ports/errors.ts';
import type { Ids } from '../../../ports/ids.ts';
import type { Meta, MetaAnswer } from '../../../ports/meta-store.ts';
import type { Cursor, Page, PageRequest, RecordStore, UserStore } from '../../../ports/user-store.ts';
import { metaEquals } from './conditions.ts';
import { DynamoReads } from './dynamo-reads.ts';
import { DynamoRequests } from './dynamo-requests.ts';
import { idempotencyFrom, loadedFrom, metaFrom, metaItem } from './items.ts';
import {
  addressOf,
  headAddress,
  INVITATION_PREFIX,
  idempotencyAddress,
  invitationsPartition,
  isCanonical,
  keyAt,
  MEMBER_PREFIX,
  META_ADDRESS,
  membersPartition,
  ORGANIZATION_PREFIX,
  organizationsPartition,
  streamPartition,
} from './keys.ts';
import { LegacyDeletionGuard } from './legacy-deletion-guard.ts';
import { findOwners, lacksOwners, withOwners } from './legacy-owners.ts';
import { listEvents, listPage } from './list-pages.ts';
import { StreamQueue } from './stream-queue.ts';
import { streamsOf, type TableSettings, transactionSteps } from './transaction.ts';

export interface DynamoOptions extends TableSettings {
  /** From `createDynamoClient`: the store does its own retries. */
  readonly client: DynamoDBDocumentClient;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fraction' | 'token'>;
}

/**
 * Stores all records in one DynamoDB table, which any number of processes can share. The table's keys are those of the
 * serverless tutorial that Rollcall grew out of; items written by that tutorial are called legacy items. They have no
 * version, id, times, mirror or list of owners, and are completed when they are read.
 */
export class DynamoUserStore implements UserStore, RecordStore {
  readonly exclusive: boolean = false;
  readonly #requests: DynamoRequests;
  readonly #reads: DynamoReads;
  readonly #table: TableSettings;
  readonly #legacyDeletions: LegacyDeletionGuard;
  readonly #queue = new StreamQueue();
  readonly #region: () => Promise<string>;
  /** Known once the meta record has been read. */
  #server: StoreServer | undefined;

  constructor({ tableName, tombstoneTtlMs, ...requests }: DynamoOptions) {
    this.#region = () => requests.client.config.region();
    this.#table = { tableName, tombstoneTtlMs };
    this.#requests = new DynamoRequests(requests);
    this.#reads = new DynamoReads(this.#requests, tableName);
    this.#legacyDeletions = new LegacyDeletionGuard(this.#reads);
  }

  /** A table that was restored, or is replicated to another region, is another server: it may lack the newest records. */
  on(server: StoreServer): RecordStore {
    if (server !== this.#server) throw new StoreServerChanged('Another DynamoDB table is configured here.');
    return this;
  }

  async share(): Promise<void> {
    // A DynamoDB table is always shared.
  }

  /**
   * The owners of a legacy organization are read from its memberships, and then the snapshot is read again. If the
   * organization still lacks `owners`, no ownership has changed in between, because that writes the organization as
   * well. So the owners are valid for the second snapshot.
   */
  async readMany<const Keys extends readonly RecordKey[]>(
    keys: Keys,
    deadline: Deadline,
  ): Promise<LoadedAll<Keys>> {
    const owners = new Map<RecordKey, readonly Username[]>();
    for (;;) {
      const items = await this.#reads.snapshot(keys.map(addressOf), deadline);
      const incomplete = keys.filter((key, index) => lacksOwners(key, items[index]));
      const unresolved = incomplete.filter((key) => !owners.has(key));
      if (unresolved.length === 0) {
        const loaded: Loaded[] = keys.map((key, index) => {
          const found = loadedFrom(key, items[index]);
          return incomplete.includes(key) ? withOwners(found, owners.get(key) ?? []) : found;
        });
        return loaded as readonly Loaded[] as LoadedAll<Keys>;
      }
      for (const key of unresolved) {
        if (key.kind === 'organization') owners.set(key, await findOwners(this.#reads, key.name, deadline));
      }
    }
  }

  listMembershipsOfOrganization(
    organization: Slug,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Membership>>> {
    const listing = {
      partition: membersPartition(organization),
      prefix: MEMBER_PREFIX,
      keyOf: (name: string) =>
        isCanonical(parseUsername, name) ? membershipKey(organization, name) : undefined,
    };
    return listPage<KeyOf<'membership'>>(this.#reads, listing, page, deadline);
  }

  listMembershipsOfUser(
    username: Username,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Membership>>> {
    const listing = {
      partition: organizationsPartition(username),
      prefix: ORGANIZATION_PREFIX,
      keyOf: (name: string) => (isCanonical(parseSlug, name) ? membershipKey(name, username) : undefined),
    };
    return listPage<KeyOf<'membership'>>(this.#reads, listing, page, deadline);
  }

  listInvitations(
    organizationId: OrganizationId,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Invitation>>> {
    const listing = {
      partition: invitationsPartition(organizationId),
      prefix: INVITATION_PREFIX,
      keyOf: (id: string) => ({ kind: 'invitation', organizationId, id }) as const,
    };
    return listPage<KeyOf<'invitation'>>(this.#reads, listing, page, deadline);
  }

  async scan({ limit, after }: PageRequest, deadline: Deadline): Promise<Page<Loaded>> {
    let start = after === undefined ? undefined : JSON.parse(after);
    for (;;) {
      const found = await this.#reads.scan(limit, start, deadline);
      const items: Loaded[] = [];
      for (const item of found.items) {
        const key = keyAt(item);
        if (key === undefined) continue;
        if (lacksOwners(key, item)) items.push(...(await this.readMany([key], deadline)));
        else items.push(loadedFrom(key, item));
      }
      start = found.next;
      if (start === undefined) return { items };
      if (items.length > 0) return { items, next: JSON.stringify(start) as Cursor };
    }
  }

  listEvents(
    stream: EventStream,
    after: number,
    limit: number,
    deadline: Deadline,
  ): Promise<readonly RecordedEvent[]> {
    return listEvents(this.#reads, streamPartition(stream), after, limit, deadline);
  }

  async commit(change: Change, deadline: Deadline): Promise<void> {
    await this.#legacyDeletions.check(change, deadline);
    const streams = streamsOf(change);
    await this.#queue.run(
      streams,
      (previous) => this.#requests.waitFor(previous, deadline),
      () => this.#commit(change, streams, deadline),
    );
  }

  async readIdempotencyRecord(
    id: string,
    now: string,
    deadline: Deadline,
  ): Promise<IdempotencyRecord | undefined> {
    const item = await this.#reads.get(idempotencyAddress(id), deadline);
    const record = item && idempotencyFrom(item);
    return record !== undefined && record.expiresAt > now ? record : undefined;
  }

  /** DynamoDB deletes expired items itself: `expiresAt` is the table's TTL attribute. */
  async removeExpired(): Promise<number> {
    return 0;
  }

  async readMeta(deadline: Deadline): Promise<MetaAnswer> {
    this.#server ??= `dynamodb ${await this.#region()} ${this.#table.tableName}`;
    const item = await this.#reads.get(META_ADDRESS, deadline);
    return { meta: item && metaFrom(item), answeredBy: this.#server };
  }

  /** A transaction although it writes a single item, because the idempotency token makes retries safe. */
  async replaceMeta(
    expected: Meta | undefined,
    next: Meta,
    on: StoreServer,
    deadline: Deadline,
  ): Promise<boolean> {
    this.on(on);
    const { tableName: TableName } = this.#table;
    const operation = { Put: { TableName, Item: metaItem(next), ...metaEquals(expected) } };
    const failed = await this.#requests.transact([operation], deadline);
    return failed.length === 0;
  }

  /** Retries with new event numbers where only the head of a stream has moved. */
  async #commit(change: Change, streams: readonly string[], deadline: Deadline): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const steps = transactionSteps(change, await this.#heads(streams, deadline), this.#table);
      const operations = steps.map(({ operation }) => operation);
      const failed = await this.#requests.transact(operations, deadline);
      if (failed.length === 0) return;
      for (const index of failed) {
        const moved = steps[index]?.moved;
        if (moved !== undefined && moved !== 'stream_head') throw new Conflict(moved);
      }
      if (!(await this.#requests.backOff(attempt, deadline))) {
        throw new StoreUnavailable(
          'the change was not applied: concurrent commits to the same event stream won every attempt',
        );
      }
    }
  }

  async #heads(streams: readonly string[], deadline: Deadline): Promise<ReadonlyMap<string, number>> {
    if (streams.length === 0) return new Map();
    const items = await this.#reads.batchGet(streams.map(headAddress), deadline);
    return new Map(items.map(({ PK, last }) => [PK, Number(last)]));
  }
}
