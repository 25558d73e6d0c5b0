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
import type { StoreServer } from '../../../ports/epoch.ts';
import {
  Conflict,
  StoreNotProvisioned,
  StoreServerChanged,
  StoreUnavailable,
} from '../../../ports/errors.ts';
import type { Meta, MetaAnswer } from '../../../ports/meta-store.ts';
import type { Cursor, Page, PageRequest, RecordStore, UserStore } from '../../../ports/user-store.ts';
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
import { isSameMeta, LOCK_META, META, metaAnswerFrom, metaFrom, putMeta } from './queries/meta-queries.ts';
import { lockRecords, selectRecords } from './queries/record-queries.ts';
import { eventFrom, idempotencyFrom, loadedFrom, timeFrom } from './queries/rows.ts';
import { KINDS, keyParts } from './queries/tables.ts';
import { requireSchema } from './schema/schema.ts';
import { SchemaMismatch, UnfitServer } from './schema/schema-problems.ts';

export interface PostgresOptions {
  /** With the schema that `provisionSchema` makes. Closed by whoever opened it. */
  readonly database: PostgresDatabase;
  /** How long a tombstone is kept at least. */
  readonly tombstoneTtlMs: number;
}

/** A relational schema on a PostgreSQL primary. Any number of processes share it. */
export class PostgresUserStore implements UserStore, RecordStore {
  readonly exclusive: boolean = false;
  readonly #database: PostgresDatabase;
  readonly #tombstoneTtlMs: number;
  #isSchemaRight = false;
  /** The last one that answered with the meta record. */
  #server: StoreServer | undefined;

  constructor({ database, tombstoneTtlMs }: PostgresOptions) {
    this.#database = database;
    this.#tombstoneTtlMs = tombstoneTtlMs;
  }

  on(server: StoreServer): RecordStore {
    if (server !== this.#server) throw new StoreServerChanged('Another PostgreSQL server answers.');
    return this;
  }

  async share(): Promise<void> {
    // Others are in already.
  }

  async readMany<const Keys extends readonly RecordKey[]>(
    keys: Keys,
    deadline: Deadline,
  ): Promise<LoadedAll<Keys>> {
    const found = recordsById(await this.#database.read(selectRecords(keys), deadline));
    const loaded: Loaded[] = keys.map((key) => found.get(recordId(key)) ?? neverSeen(key));
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

  /** Table by table; a page ends where a table does. */
  async scan({ limit, after }: PageRequest, deadline: Deadline): Promise<Page<Loaded>> {
    const [start = KINDS[0], ...position] = after === undefined ? [] : (JSON.parse(after) as string[]);
    for (let index = KINDS.indexOf(start as RecordKind); ; index += 1) {
      const kind = KINDS[index];
      if (kind === undefined) return { items: [] };
      const behind = kind === start ? position : [];
      const rows = await this.#database.read(allOfKind(kind, behind, limit), deadline);
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
    const rows = await this.#database.read(eventsOf(stream, after, limit), deadline);
    return rows.map(({ row }) => eventFrom(row as Row));
  }

  async commit(change: Change, deadline: Deadline): Promise<void> {
    const lock = lockRecords(change);
    const decide = (rows: readonly Row[] = []) => {
      const found = recordsById(rows);
      const moved = movedRecord(change, (key) => found.get(recordId(key)) ?? neverSeen(key));
      if (moved !== undefined) throw new Conflict(moved);
      const remembered = rows.find(({ kind }) => kind === 'idempotency')?.['row'] as Row | undefined;
      if (remembered !== undefined && timeFrom(remembered['expires_at']) > change.at) {
        throw new Conflict({ kind: 'idempotency', id: String(remembered['id']) });
      }
      const statements = writesOf(change, remembered !== undefined, this.#tombstoneTtlMs);
      return { result: undefined, statements };
    };
    await this.#database.change(lock === undefined ? [] : [lock], ([rows]) => decide(rows), deadline);
  }

  async readIdempotencyRecord(
    id: string,
    now: string,
    deadline: Deadline,
  ): Promise<IdempotencyRecord | undefined> {
    const [found] = await this.#database.read(idempotencyRecord(id, now), deadline);
    return found && idempotencyFrom(found.row as Row);
  }

  removeExpired(now: string, limit: number, deadline: Deadline): Promise<number> {
    const remove = (rows: readonly Row[] = []) => ({ result: rows.length, statements: removeLocked(rows) });
    return this.#database.change([lockExpired(now, limit)], ([rows]) => remove(rows), deadline);
  }

  /** @throws {StoreNotProvisioned} the schema is not the one that this Rollcall works with */
  async readMeta(deadline: Deadline): Promise<MetaAnswer> {
    await this.#requireSchema(deadline);
    const [found] = await this.#database.read(META, deadline);
    if (found === undefined) throw new StoreUnavailable('PostgreSQL returned no row for the meta record');
    const answer = metaAnswerFrom(found.row as Row);
    this.#server = answer.answeredBy;
    return answer;
  }

  async replaceMeta(
    expected: Meta | undefined,
    next: Meta,
    on: StoreServer,
    deadline: Deadline,
  ): Promise<boolean> {
    this.on(on);
    const decide = ([found]: readonly Row[] = []) => {
      if (!isSameMeta(found && metaFrom(found['row'] as Row), expected))
        return { result: false, statements: [] };
      return { result: true, statements: [putMeta(next, found !== undefined)] };
    };
    return this.#database.change([LOCK_META], ([rows]) => decide(rows), deadline);
  }

  async #requireSchema(deadline: Deadline): Promise<void> {
    if (this.#isSchemaRight) return;
    try {
      await requireSchema(this.#database, deadline);
    } catch (error) {
      if (!(error instanceof SchemaMismatch || error instanceof UnfitServer)) throw error;
      throw new StoreNotProvisioned(error.message, { cause: error });
    }
    this.#isSchemaRight = true;
  }

  async #list<Key extends RecordKey>(
    kind: Key['kind'],
    query: Statement,
    { limit }: PageRequest,
    nameOf: (record: RecordOf<Key>) => string,
    deadline: Deadline,
  ): Promise<Page<Versioned<RecordOf<Key>>>> {
    const rows = await this.#database.read(query, deadline);
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

/** @param rows as `selectRecords` and `lockRecords` find them */
function recordsById(rows: readonly Row[]): ReadonlyMap<string, Loaded> {
  const records = rows.filter(({ kind }) => kind !== 'idempotency');
  return new Map(
    records.map(({ kind, row }) => {
      const loaded = loadedFrom(kind as RecordKind, row as Row);
      return [recordId(loaded.key), loaded];
    }),
  );
}

function neverSeen(key: RecordKey): Loaded {
  return { key, version: 0, record: undefined };
}

function cursorOf(position: readonly string[]): Cursor {
  return JSON.stringify(position) as Cursor;
}
