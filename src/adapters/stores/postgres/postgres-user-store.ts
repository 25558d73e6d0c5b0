import { type Change, type IdempotencyRecord, movedRecord } from '../../../domain/change.ts';
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
  type RecordKind,
  type RecordOf,
  recordId,
  type Versioned,
} from '../../../domain/records.ts';
import type { Deadline } from '../../../ports/clock.ts';
import { Conflict, StoreNotProvisioned } from '../../../ports/errors.ts';
import type {
  Cursor,
  Meta,
  MetaAnswer,
  Page,
  PageRequest,
  StoreServer,
  UserStore,
} from '../../../ports/user-store.ts';
import type { Row, Statement } from './connection/postgres-session.ts';
import type { PostgresDatabase } from './database/postgres-database.ts';
import { writesOf } from './queries/change-statements.ts';
import { lockExpired, removeLocked } from './queries/expired.ts';
import {
  allOfKind,
  eventsOf,
  idempotencyRecord,
  invitationsOf,
  membershipsOfOrganization,
  membershipsOfUser,
} from './queries/list-queries.ts';
import { isSameMeta, LOCK_META, META, metaFrom, putMeta } from './queries/meta-queries.ts';
import { lockRecords, selectRecords } from './queries/record-queries.ts';
import { eventFrom, idempotencyFrom, loadedFrom, timeFrom } from './queries/rows.ts';
import { KINDS, keyParts } from './queries/tables.ts';
import { requireSchema } from './schema/schema.ts';
import { SchemaMismatch, UnfitServer } from './schema/schema-problems.ts';

export interface PostgresOptions {
  /** Must have the schema that `provisionSchema` creates. The caller closes it. */
  readonly database: PostgresDatabase;
  /** The minimum time that a tombstone is kept. */
  readonly tombstoneTtlMs: number;
}

/** Stores records in relational tables on a PostgreSQL primary. Any number of processes can share it. */
export class PostgresUserStore implements UserStore {
  readonly exclusive: boolean = false;
  readonly #database: PostgresDatabase;
  readonly #tombstoneTtlMs: number;
  #isSchemaVerified = false;

  constructor({ database, tombstoneTtlMs }: PostgresOptions) {
    this.#database = database;
    this.#tombstoneTtlMs = tombstoneTtlMs;
  }

  get currentServer(): StoreServer | undefined {
    return this.#database.currentServer;
  }

  async share(): Promise<void> {
    // The store is never exclusive.
  }

  async readMany<const Keys extends readonly RecordKey[]>(
    keys: Keys,
    deadline: Deadline,
  ): Promise<LoadedAll<Keys>> {
    const found = recordsById(await this.#database.reads.read(selectRecords(keys), deadline));
    const loaded: Loaded[] = keys.map((key) => found.get(recordId(key)) ?? absent(key));
    return loaded as readonly Loaded[] as LoadedAll<Keys>;
  }

  listMembershipsOfOrganization(
    organization: Slug,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Membership>>> {
    const query = membershipsOfOrganization(organization, page);
    return this.#list<KeyOf<'membership'>>(
      'membership',
      query,
      page,
      ({ memberUsername }) => memberUsername,
      deadline,
    );
  }

  listMembershipsOfUser(
    username: Username,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Membership>>> {
    const query = membershipsOfUser(username, page);
    return this.#list<KeyOf<'membership'>>(
      'membership',
      query,
      page,
      ({ organizationName }) => organizationName,
      deadline,
    );
  }

  listInvitations(
    organization: OrganizationId,
    page: PageRequest,
    deadline: Deadline,
  ): Promise<Page<Versioned<Invitation>>> {
    const query = invitationsOf(organization, page);
    return this.#list<KeyOf<'invitation'>>('invitation', query, page, ({ id }) => id, deadline);
  }

  /** Table by table. A page never spans two tables. */
  async scan({ limit, after }: PageRequest, deadline: Deadline): Promise<Page<Loaded>> {
    const [start = KINDS[0], ...position] = after === undefined ? [] : (JSON.parse(after) as string[]);
    for (let index = KINDS.indexOf(start as RecordKind); ; index += 1) {
      const kind = KINDS[index];
      if (kind === undefined) return { items: [] };
      const startKey = kind === start ? position : [];
      const rows = await this.#database.reads.read(allOfKind(kind, startKey, limit), deadline);
      const items = rows.slice(0, limit).map(({ row }) => loadedFrom(kind, row as Row));
      const last = items.at(-1);
      if (last === undefined) continue;
      if (rows.length > limit) return { items, next: cursorOf([kind, ...keyParts(last.key)]) };
      const nextKind = KINDS[index + 1];
      return { items, ...(nextKind === undefined ? {} : { next: cursorOf([nextKind]) }) };
    }
  }

  async listEvents(
    stream: EventStream,
    after: number,
    limit: number,
    deadline: Deadline,
  ): Promise<readonly RecordedEvent[]> {
    const rows = await this.#database.reads.read(eventsOf(stream, after, limit), deadline);
    return rows.map(({ row }) => eventFrom(row as Row));
  }

  async commit(change: Change, deadline: Deadline, on?: StoreServer): Promise<void> {
    const lock = lockRecords(change);
    const decide = (rows: readonly Row[] = []) => {
      const found = recordsById(rows);
      const moved = movedRecord(change, (key) => found.get(recordId(key)) ?? absent(key));
      if (moved !== undefined) throw new Conflict(moved);
      const stored = rows.find(({ kind }) => kind === 'idempotency')?.['row'] as Row | undefined;
      if (stored !== undefined && timeFrom(stored['expires_at']) > change.at) {
        throw new Conflict({ kind: 'idempotency', id: String(stored['id']) });
      }
      const statements = writesOf(change, stored !== undefined, this.#tombstoneTtlMs);
      return { result: undefined, statements };
    };
    await this.#database.change(lock === undefined ? [] : [lock], ([rows]) => decide(rows), deadline, on);
  }

  async readIdempotencyRecord(
    id: string,
    now: string,
    deadline: Deadline,
  ): Promise<IdempotencyRecord | undefined> {
    const [found] = await this.#database.reads.read(idempotencyRecord(id, now), deadline);
    return found && idempotencyFrom(found.row as Row);
  }

  removeExpired(now: string, limit: number, deadline: Deadline): Promise<number> {
    const remove = (rows: readonly Row[] = []) => ({ result: rows.length, statements: removeLocked(rows) });
    return this.#database.change([lockExpired(now, limit)], ([rows]) => remove(rows), deadline);
  }

  /** @throws {StoreNotProvisioned} the schema is missing, or this version of Rollcall does not support it */
  async readMeta(deadline: Deadline): Promise<MetaAnswer> {
    await this.#requireSchema(deadline);
    const { rows, server } = await this.#database.reads.readFrom(META, deadline);
    const [found] = rows;
    return { meta: found && metaFrom(found.row as Row), answeredBy: server };
  }

  replaceMeta(expected: Meta | undefined, next: Meta, deadline: Deadline): Promise<boolean> {
    const decide = ([found]: readonly Row[] = []) => {
      if (!isSameMeta(found && metaFrom(found['row'] as Row), expected))
        return { result: false, statements: [] };
      return { result: true, statements: [putMeta(next, found !== undefined)] };
    };
    return this.#database.change([LOCK_META], ([rows]) => decide(rows), deadline, next.storeServer);
  }

  async #requireSchema(deadline: Deadline): Promise<void> {
    if (this.#isSchemaVerified) return;
    try {
      await requireSchema(this.#database, deadline);
    } catch (error) {
      if (!(error instanceof SchemaMismatch || error instanceof UnfitServer)) throw error;
      throw new StoreNotProvisioned(error.message, { cause: error });
    }
    this.#isSchemaVerified = true;
  }

  async #list<Key extends RecordKey>(
    kind: Key['kind'],
    query: Statement,
    { limit }: PageRequest,
    nameOf: (record: RecordOf<Key>) => string,
    deadline: Deadline,
  ): Promise<Page<Versioned<RecordOf<Key>>>> {
    const rows = await this.#database.reads.read(query, deadline);
    const items = rows.slice(0, limit).map(({ row }) => {
      const { record, version } = loadedFrom(kind, row as Row);
      return { record: record as RecordOf<Key>, version };
    });
    const last = items.at(-1);
    return {
      items,
      ...(last !== undefined && rows.length > limit ? { next: nameOf(last.record) as Cursor } : {}),
    };
  }
}

/** @param rows of `selectRecords` or `lockRecords` */
function recordsById(rows: readonly Row[]): ReadonlyMap<string, Loaded> {
  const records = rows.filter(({ kind }) => kind !== 'idempotency');
  return new Map(
    records.map(({ kind, row }) => {
      const loaded = loadedFrom(kind as RecordKind, row as Row);
      return [recordId(loaded.key), loaded];
    }),
  );
}

function absent(key: RecordKey): Loaded {
  return { key, version: 0, record: undefined };
}

function cursorOf(position: readonly string[]): Cursor {
  return JSON.stringify(position) as Cursor;
}
