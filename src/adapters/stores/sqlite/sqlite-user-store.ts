import { type Change, type IdempotencyRecord, movedRecord, versionAfter } from '../../../domain/change.ts';
import type { EventStream, NewEvent, RecordedEvent } from '../../../domain/event.ts';
import type { OrganizationId } from '../../../domain/ids.ts';
import type { Invitation } from '../../../domain/invitation.ts';
import type { Membership } from '../../../domain/membership.ts';
import type { Slug, Username } from '../../../domain/names.ts';
import type { Loaded, LoadedAll, RecordKey, Versioned } from '../../../domain/records.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { Conflict, StoreUnavailable } from '../../../ports/errors.ts';
import type { ExternalCommits } from '../../../ports/external-commits.ts';
import type { Ids } from '../../../ports/ids.ts';
import type { SelfChecking } from '../../../ports/self-checking.ts';
import type { Cursor, Meta, MetaAnswer, Page, PageRequest, UserStore } from '../../../ports/user-store.ts';
import type { SqliteDriver } from './driver/sqlite-driver.ts';
import { type Address, addressOf, loadedFrom, type RecordRow, recordFrom } from './rows.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import type { Statements } from './statements.ts';

export interface SqliteOptions {
  /** The database file. Next to it are SQLite's log (`<path>-wal`, `<path>-shm`) and a lock file (`<path>-lock`). */
  readonly path: string;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fraction'>;
  /** Minimum retention of a tombstone. */
  readonly tombstoneTtlMs: number;
  readonly driver: SqliteDriver;
}

/** The embedded store: one durable file, no server. */
export class SqliteUserStore implements UserStore, ExternalCommits, SelfChecking {
  readonly currentServer = undefined;
  readonly #connection: SqliteConnection;
  readonly #statements: Statements;
  readonly #tombstoneTtlMs: number;
  /** As this process has first read it, or written it last. */
  #registeredCache: string | undefined;

  /** See `SqliteConnection.open`. */
  static async open({ tombstoneTtlMs, ...options }: SqliteOptions): Promise<SqliteUserStore> {
    return new SqliteUserStore(await SqliteConnection.open(options), tombstoneTtlMs);
  }

  private constructor(connection: SqliteConnection, tombstoneTtlMs: number) {
    this.#connection = connection;
    this.#statements = connection.statements;
    this.#tombstoneTtlMs = tombstoneTtlMs;
  }

  get exclusive(): boolean {
    return this.#connection.isExclusive;
  }

  async share(deadline: Deadline): Promise<void> {
    try {
      await this.#connection.share(deadline);
    } catch (cause) {
      throw new StoreUnavailable('Another process has opened the store exclusively.', { cause });
    }
  }

  dataVersion(): number {
    return this.#connection.dataVersion();
  }

  selfCheck(deadline: Deadline): Promise<void> {
    return this.#connection.selfCheck(deadline);
  }

  close(): void {
    this.#connection.close();
  }

  async readMany<const Keys extends readonly RecordKey[]>(
    keys: Keys,
    deadline: Deadline,
  ): Promise<LoadedAll<Keys>> {
    const loaded: Loaded[] = await this.#connection.read(deadline, () =>
      keys.map((key) => this.#current(key)),
    );
    return loaded as readonly Loaded[] as LoadedAll<Keys>;
  }

  async listMembershipsOfOrganization(
    organization: Slug,
    { limit, after = '' }: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Membership>>> {
    const rows = await this.#connection.read(deadline, () =>
      this.#statements.children.all('membership', organization, after, limit + 1),
    );
    return pageOf(rows, limit, (row) => row.name, versionedFrom<Membership>);
  }

  async listMembershipsOfUser(
    username: Username,
    { limit, after = '' }: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Membership>>> {
    const rows = await this.#connection.read(deadline, () =>
      this.#statements.membershipsOfUser.all(username, after, limit + 1),
    );
    return pageOf(rows, limit, (row) => row.parent, versionedFrom<Membership>);
  }

  async listInvitations(
    organization: OrganizationId,
    { limit, after = '' }: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Invitation>>> {
    const rows = await this.#connection.read(deadline, () =>
      this.#statements.children.all('invitation', organization, after, limit + 1),
    );
    return pageOf(rows, limit, (row) => row.name, versionedFrom<Invitation>);
  }

  async scan({ limit, after }: PageRequest, deadline: Deadline): Promise<Page<Loaded>> {
    const { kind, parent, name } = scanPosition(after);
    const rows = await this.#connection.read(deadline, () =>
      this.#statements.scan.all(kind, parent, name, limit + 1),
    );
    const positionOf = (row: Address) => JSON.stringify([row.kind, row.parent, row.name]);
    return pageOf(rows, limit, positionOf, loadedFrom);
  }

  async listEvents(
    stream: EventStream,
    after: number,
    limit: number,
    deadline: Deadline,
  ): Promise<readonly RecordedEvent[]> {
    const rows = await this.#connection.read(deadline, () =>
      this.#statements.events.all(streamId(stream), after, limit),
    );
    return rows.map(({ seq, event }) => ({ ...JSON.parse(event), seq }));
  }

  async readIdempotencyRecord(
    id: string,
    now: string,
    deadline: Deadline,
  ): Promise<IdempotencyRecord | undefined> {
    const [row] = await this.#connection.read(deadline, () => this.#statements.idempotency.all(id, now));
    return row === undefined ? undefined : JSON.parse(row.record);
  }

  async removeExpired(now: string, limit: number, deadline: Deadline): Promise<number> {
    return this.#connection.write(deadline, () => {
      this.#requireRegisteredCache();
      const tombstones = this.#statements.removeTombstones.run(now, limit).changes;
      return tombstones + this.#statements.removeOutcomes.run(now, limit - tombstones).changes;
    });
  }

  async readMeta(deadline: Deadline): Promise<MetaAnswer> {
    const [row] = await this.#connection.read(deadline, () => this.#statements.meta.all());
    this.#registeredCache ??= row?.cache;
    return { meta: row && metaOf(row), answeredBy: undefined };
  }

  async replaceMeta(expected: Meta | undefined, next: Meta, deadline: Deadline): Promise<boolean> {
    return this.#connection.write(deadline, () => {
      const [current] = this.#statements.meta.all();
      if (JSON.stringify(current && metaOf(current)) !== JSON.stringify(expected && metaOf(expected))) {
        return false;
      }
      this.#statements.putMeta.run(next.storeId, next.generation, next.cache);
      this.#registeredCache = next.cache;
      return true;
    });
  }

  async commit(change: Change, deadline: Deadline): Promise<void> {
    await this.#connection.write(deadline, () => {
      this.#requireRegisteredCache();
      this.#check(change);
      for (const write of change.writes) {
        const { kind, parent, name } = addressOf(write.key);
        const deleted = write.record === undefined;
        this.#statements.putRecord.run(
          kind,
          parent,
          name,
          versionAfter(write),
          deleted ? null : JSON.stringify(write.record),
          deleted ? change.at : null,
          deleted ? this.#tombstoneExpiry(change.at) : null,
        );
      }
      for (const event of change.events) this.#append(event);
      if (change.idempotency !== undefined) {
        const { id, expiresAt } = change.idempotency;
        this.#statements.putIdempotency.run(id, JSON.stringify(change.idempotency), expiresAt);
      }
    });
  }

  /**
   * If another process was let in because the lock file had disappeared, it may have registered another cache, which this
   * process does not mark.
   * @throws {StoreUnavailable}
   */
  #requireRegisteredCache(): void {
    if (!this.#connection.wasUnlocked) return;
    const [meta] = this.#statements.meta.all();
    if (meta?.cache === this.#registeredCache) return;
    throw new StoreUnavailable(
      `The lock file was deleted, and another process has registered the cache ${JSON.stringify(meta?.cache)}. Stop one of the two.`,
    );
  }

  #check(change: Change): void {
    const moved = movedRecord(change, (key) => this.#current(key));
    if (moved !== undefined) throw new Conflict(moved);
    const { at, idempotency } = change;
    if (idempotency !== undefined && this.#statements.idempotency.all(idempotency.id, at).length > 0) {
      throw new Conflict({ kind: 'idempotency', id: idempotency.id });
    }
  }

  #append({ streams, ...event }: NewEvent): void {
    for (const stream of streams) {
      const id = streamId(stream);
      this.#statements.appendEvent.run(id, JSON.stringify(event), id);
    }
  }

  #current(key: RecordKey): Loaded {
    const { kind, parent, name } = addressOf(key);
    const [row] = this.#statements.record.all(kind, parent, name);
    return { key, version: row?.version ?? 0, record: row && recordFrom(row) };
  }

  #tombstoneExpiry(deletedAt: string): string {
    return new Date(Date.parse(deletedAt) + this.#tombstoneTtlMs).toISOString();
  }
}

function streamId({ kind, id }: EventStream): string {
  return `${kind}:${id}`;
}

function metaOf({ storeId, generation, cache }: Meta): Meta {
  return { storeId, generation, cache };
}

function versionedFrom<Entity>(row: RecordRow): Versioned<Entity> {
  return { record: recordFrom(row) as Entity, version: row.version };
}

function scanPosition(cursor: Cursor | undefined): Record<keyof Address, string> {
  const [kind = '', parent = '', name = ''] = cursor === undefined ? [] : (JSON.parse(cursor) as string[]);
  return { kind, parent, name };
}

/** @param rows up to `limit + 1`; the extra row indicates a further page */
function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => string,
  itemOf: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(itemOf),
    ...(last !== undefined && rows.length > limit ? { next: positionOf(last) as Cursor } : {}),
  };
}
