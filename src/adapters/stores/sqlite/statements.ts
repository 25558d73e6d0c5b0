import type { SqliteDatabase } from './driver/sqlite-driver.ts';
import type { MetaRow, RecordRow } from './rows.ts';

interface Query<Params extends readonly unknown[], Row> {
  all(...params: Params): Row[];
}

interface Command<Params extends readonly unknown[]> {
  run(...params: Params): { readonly changes: number };
}

/** Every statement that the store uses, prepared once. */
export interface Statements {
  readonly record: Query<[kind: string, parent: string, name: string], RecordRow>;
  readonly children: Query<[kind: string, parent: string, after: string, limit: number], RecordRow>;
  readonly membershipsOfUser: Query<[username: string, after: string, limit: number], RecordRow>;
  readonly scan: Query<[kind: string, parent: string, name: string, limit: number], RecordRow>;
  readonly events: Query<[stream: string, after: number, limit: number], { seq: number; event: string }>;
  readonly idempotency: Query<[id: string, now: string], { record: string }>;
  readonly meta: Query<[], MetaRow>;
  readonly putRecord: Command<
    [
      kind: string,
      parent: string,
      name: string,
      version: number,
      record: string | null,
      deletedAt: string | null,
      expiresAt: string | null,
    ]
  >;
  readonly appendEvent: Command<[stream: string, event: string, sameStream: string]>;
  readonly putIdempotency: Command<[id: string, record: string, expiresAt: string]>;
  readonly removeTombstones: Command<[now: string, limit: number]>;
  readonly removeOutcomes: Command<[now: string, limit: number]>;
  readonly putMeta: Command<[storeId: string, generation: number, cache: string, epoch: string | null]>;
}

/** `*`: before schema version 3 there is no column for the epoch. */
export const SELECT_META = 'SELECT * FROM meta';

const RECORD = 'SELECT kind, parent, name, version, record FROM records';

export function prepareStatements(db: SqliteDatabase): Statements {
  const query = <Params extends readonly unknown[], Row>(sql: string) =>
    db.prepare(sql) as unknown as Query<Params, Row>;
  const command = <Params extends readonly unknown[]>(sql: string) =>
    db.prepare(sql) as unknown as Command<Params>;
  return {
    record: query(`${RECORD} WHERE kind = ? AND parent = ? AND name = ?`),
    children: query(
      `${RECORD} WHERE kind = ? AND parent = ? AND name > ? AND record IS NOT NULL ORDER BY name LIMIT ?`,
    ),
    membershipsOfUser: query(
      `${RECORD} WHERE kind = 'membership' AND name = ? AND parent > ? AND record IS NOT NULL ORDER BY parent LIMIT ?`,
    ),
    scan: query(`${RECORD} WHERE (kind, parent, name) > (?, ?, ?) ORDER BY kind, parent, name LIMIT ?`),
    events: query('SELECT seq, event FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?'),
    idempotency: query('SELECT record FROM idempotency WHERE id = ? AND expires_at > ?'),
    meta: query(SELECT_META),
    putRecord: command('INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?)'),
    appendEvent: command(
      'INSERT INTO events SELECT ?, coalesce(max(seq), 0) + 1, ? FROM events WHERE stream = ?',
    ),
    putIdempotency: command('INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?)'),
    removeTombstones: command(
      `DELETE FROM records WHERE (kind, parent, name) IN
         (SELECT kind, parent, name FROM records WHERE expires_at IS NOT NULL AND expires_at <= ? LIMIT ?)`,
    ),
    removeOutcomes: command(
      'DELETE FROM idempotency WHERE id IN (SELECT id FROM idempotency WHERE expires_at <= ? LIMIT ?)',
    ),
    putMeta: command('INSERT OR REPLACE INTO meta VALUES (1, ?, ?, ?, ?)'),
  };
}
