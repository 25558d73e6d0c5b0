import { isDeepStrictEqual } from 'node:util';
import { type Change, type IdempotencyRecord, movedRecord, versionAfter } from '../../../domain/change.ts';
import type { EventStream, RecordedEvent } from '../../../domain/event.ts';
import type { OrganizationId } from '../../../domain/ids.ts';
import type { Invitation } from '../../../domain/invitation.ts';
import type { Membership } from '../../../domain/membership.ts';
import type { Slug, Username } from '../../../domain/names.ts';
import {
  type KeyOf,
  type Loaded,
  type LoadedAll,
  type RecordKey,
  type RecordOf,
  recordId,
  type Versioned,
} from '../../../domain/records.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import type { StoreServer } from '../../../ports/epoch.ts';
import { Conflict, StoreServerChanged, StoreUnavailable } from '../../../ports/errors.ts';
import type { Meta, MetaAnswer } from '../../../ports/meta-store.ts';
import type { Cursor, Page, PageRequest, RecordStore, UserStore } from '../../../ports/user-store.ts';

/** Nothing else ever answers for it. */
const SERVER: StoreServer = 'memory';
const WEEK_MS = 7 * 86_400_000;

/** A store for tests and evaluation, lost when the process ends. Each operation is atomic: it never yields. */
export class MemoryUserStore implements UserStore, RecordStore {
  readonly exclusive: boolean = true;
  readonly #clock: Clock;
  readonly #tombstoneTtlMs: number;
  readonly #records = new Map<string, Loaded>();
  /** The expiry of each tombstone, by record id. */
  readonly #tombstones = new Map<string, string>();
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #idempotency = new Map<string, IdempotencyRecord>();
  #meta: Meta | undefined;

  constructor({ clock, tombstoneTtlMs = WEEK_MS }: { clock: Clock; tombstoneTtlMs?: number }) {
    this.#clock = clock;
    this.#tombstoneTtlMs = tombstoneTtlMs;
  }

  on(server: StoreServer): RecordStore {
    if (server !== SERVER) throw new StoreServerChanged('Another store is in use.');
    return this;
  }

  async readMany<const Keys extends readonly RecordKey[]>(
    keys: Keys,
    deadline: Deadline,
  ): Promise<LoadedAll<Keys>> {
    this.#checkDeadline(deadline);
    const loaded: Loaded[] = keys.map((key) => structuredClone(this.#current(key)));
    return loaded as readonly Loaded[] as LoadedAll<Keys>;
  }

  async listMembershipsOfOrganization(
    organization: Slug,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Membership>>> {
    return this.#list<KeyOf<'membership'>>(
      (key) => (key.kind === 'membership' && key.organization === organization ? key.username : undefined),
      page,
      deadline,
    );
  }

  async listMembershipsOfUser(
    username: Username,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Membership>>> {
    return this.#list<KeyOf<'membership'>>(
      (key) => (key.kind === 'membership' && key.username === username ? key.organization : undefined),
      page,
      deadline,
    );
  }

  async listInvitations(
    organization: OrganizationId,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Invitation>>> {
    return this.#list<KeyOf<'invitation'>>(
      (key) => (key.kind === 'invitation' && key.organizationId === organization ? key.id : undefined),
      page,
      deadline,
    );
  }

  async scan(page: PageRequest, deadline: Deadline): Promise<Page<Loaded>> {
    this.#checkDeadline(deadline);
    return pageOf(
      [...this.#records].map(([position, loaded]) => ({ position, item: loaded })),
      page,
    );
  }

  async listEvents(
    stream: EventStream,
    after: number,
    limit: number,
    deadline: Deadline,
  ): Promise<readonly RecordedEvent[]> {
    this.#checkDeadline(deadline);
    return structuredClone((this.#streams.get(streamId(stream)) ?? []).slice(after, after + limit));
  }

  async commit(change: Change, deadline: Deadline): Promise<void> {
    this.#checkDeadline(deadline);
    this.#check(change);
    const { writes, events, idempotency } = structuredClone(change);
    for (const write of writes) {
      const id = recordId(write.key);
      if (write.record === undefined) this.#tombstones.set(id, this.#tombstoneExpiry(change.at));
      else this.#tombstones.delete(id);
      this.#records.set(id, {
        key: write.key,
        version: versionAfter(write),
        record: write.record,
      });
    }
    for (const { streams, ...event } of events) {
      for (const stream of streams) {
        const recorded = this.#streams.get(streamId(stream)) ?? [];
        this.#streams.set(streamId(stream), recorded);
        recorded.push({ ...event, seq: recorded.length + 1 });
      }
    }
    if (idempotency !== undefined) this.#idempotency.set(idempotency.id, idempotency);
  }

  async readIdempotencyRecord(
    id: string,
    now: string,
    deadline: Deadline,
  ): Promise<IdempotencyRecord | undefined> {
    this.#checkDeadline(deadline);
    const found = this.#idempotency.get(id);
    return found !== undefined && found.expiresAt > now ? structuredClone(found) : undefined;
  }

  async removeExpired(now: string, limit: number, deadline: Deadline): Promise<number> {
    this.#checkDeadline(deadline);
    const tombstones = [...this.#tombstones].filter(([, expiresAt]) => expiresAt <= now).slice(0, limit);
    for (const [id] of tombstones) {
      this.#tombstones.delete(id);
      this.#records.delete(id);
    }
    const outcomes = [...this.#idempotency.values()]
      .filter(({ expiresAt }) => expiresAt <= now)
      .slice(0, limit - tombstones.length);
    for (const { id } of outcomes) this.#idempotency.delete(id);
    return tombstones.length + outcomes.length;
  }

  async readMeta(deadline: Deadline): Promise<MetaAnswer> {
    this.#checkDeadline(deadline);
    return { meta: structuredClone(this.#meta), answeredBy: SERVER };
  }

  async replaceMeta(
    expected: Meta | undefined,
    next: Meta,
    on: StoreServer,
    deadline: Deadline,
  ): Promise<boolean> {
    this.#checkDeadline(deadline);
    this.on(on);
    if (!isDeepStrictEqual(this.#meta, expected)) return false;
    this.#meta = structuredClone(next);
    return true;
  }

  async share(): Promise<void> {
    // No other process can ever open this store.
  }

  #tombstoneExpiry(deletedAt: string): string {
    return new Date(Date.parse(deletedAt) + this.#tombstoneTtlMs).toISOString();
  }

  #current(key: RecordKey): Loaded {
    return this.#records.get(recordId(key)) ?? { key, version: 0, record: undefined };
  }

  #check(change: Change): void {
    const moved = movedRecord(change, (key) => this.#current(key));
    if (moved !== undefined) throw new Conflict(moved);
    const { at, idempotency } = change;
    const held = idempotency && this.#idempotency.get(idempotency.id);
    if (held !== undefined && held.expiresAt > at) throw new Conflict({ kind: 'idempotency', id: held.id });
  }

  /** A page of the live records for which `positionOf` returns a position, in that order. */
  #list<Key extends RecordKey>(
    positionOf: (key: RecordKey) => string | undefined,
    page: PageRequest,
    deadline: Deadline,
  ): Page<Versioned<RecordOf<Key>>> {
    this.#checkDeadline(deadline);
    const listed: { position: string; item: Versioned<RecordOf<Key>> }[] = [];
    for (const { key, version, record } of this.#records.values()) {
      const position = positionOf(key);
      if (record === undefined || position === undefined) continue;
      listed.push({ position, item: { record: record as RecordOf<Key>, version } });
    }
    return pageOf(listed, page);
  }

  #checkDeadline(deadline: Deadline): void {
    if (this.#clock.monotonic() > deadline) throw new StoreUnavailable('the deadline had already passed');
  }
}

function pageOf<T>(entries: { position: string; item: T }[], { limit, after = '' }: PageRequest): Page<T> {
  const rest = entries
    .filter(({ position }) => position > after)
    .sort((a, b) => (a.position < b.position ? -1 : 1));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(({ item }) => structuredClone(item)),
    ...(last !== undefined && rest.length > limit ? { next: last.position as Cursor } : {}),
  };
}

function streamId({ kind, id }: EventStream): string {
  return `${kind}:${id}`;
}
