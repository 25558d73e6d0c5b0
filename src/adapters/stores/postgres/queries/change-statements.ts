import type { Change, IdempotencyRecord, Write } from '../../../../domain/change.ts';
import type { EventStream, NewEvent } from '../../../../domain/event.ts';
import type { Statement } from '../connection/postgres-session.ts';
import { SCHEMA } from '../schema/schema-names.ts';
import { inOrder } from './record-queries.ts';
import { columnsOf } from './rows.ts';
import { TABLES } from './tables.ts';

/**
 * The statements that write a change after its records have been locked. Writes that may wait for locks are in key order here too.
 * Event appends are last, because all changes of an organization lock the same stream.
 * @param replacesIdempotency whether an expired record with the same id exists
 */
export function writesOf(change: Change, replacesIdempotency: boolean, tombstoneTtlMs: number): Statement[] {
  const { at, writes, events, idempotency } = change;
  return [
    ...writes
      .toSorted((one, other) => inOrder(one.key, other.key))
      .map((write) => writeOf(write, at, tombstoneTtlMs)),
    ...(idempotency === undefined ? [] : [idempotencyWriteOf(idempotency, replacesIdempotency)]),
    ...appendsOf(events),
  ];
}

/** A row that does not exist cannot be locked. If another transaction inserts it first, the INSERT fails. */
function writeOf(write: Write, at: string, tombstoneTtlMs: number): Statement {
  const { name, keys } = TABLES[write.key.kind];
  const columns = columnsOf(write, at, tombstoneTtlMs);
  const names = [...columns.keys()];
  const values = [...columns.values()];
  const at$ = (column: string) => `$${names.indexOf(column) + 1}`;
  if (write.expected.version === 0) {
    return {
      text: `INSERT INTO ${name} (${names.join(', ')}) VALUES (${names.map(at$).join(', ')})`,
      values,
    };
  }
  const changed = names.filter((column) => !keys.includes(column));
  return {
    text: `UPDATE ${name} SET ${changed.map((column) => `${column} = ${at$(column)}`).join(', ')}
           WHERE ${keys.map((column) => `${column} = ${at$(column)}`).join(' AND ')}`,
    values,
  };
}

function idempotencyWriteOf(record: IdempotencyRecord, replaces: boolean): Statement {
  const { id, fingerprint, response, changedKeys, expiresAt } = record;
  return {
    text: replaces
      ? `UPDATE ${SCHEMA}.idempotency
         SET fingerprint = $2, response = $3, changed_keys = $4, expires_at = $5 WHERE id = $1`
      : `INSERT INTO ${SCHEMA}.idempotency (id, fingerprint, response, changed_keys, expires_at)
         VALUES ($1, $2, $3, $4, $5)`,
    values: [id, fingerprint, JSON.stringify(response ?? null), JSON.stringify(changedKeys), expiresAt],
  };
}

/** In the same stream order in all transactions, because each holds the lock of a stream until it commits. */
function appendsOf(events: readonly NewEvent[]): Statement[] {
  return events
    .flatMap((event) =>
      event.streams.map((stream) => ({ stream, event, name: `${stream.kind} ${stream.id}` })),
    )
    .toSorted((one, other) => (one.name === other.name ? 0 : one.name < other.name ? -1 : 1))
    .map(({ stream, event }) => appendOf(stream, event));
}

function appendOf({ kind, id }: EventStream, event: NewEvent): Statement {
  const { type, actor, subject, changes, version, at } = event;
  return {
    text: `WITH stream AS (
             INSERT INTO ${SCHEMA}.event_streams AS s (kind, id, last_seq) VALUES ($1, $2, 1)
             ON CONFLICT (kind, id) DO UPDATE SET last_seq = s.last_seq + 1
             RETURNING kind, id, last_seq)
           INSERT INTO ${SCHEMA}.events
             (stream_kind, stream_id, seq, type, actor, subject, changes, version, at)
           SELECT kind, id, last_seq, $3, $4::json, $5::json, $6::json, $7::bigint, $8::timestamptz FROM stream`,
    values: [
      kind,
      id,
      type,
      JSON.stringify(actor),
      JSON.stringify(subject),
      JSON.stringify(changes),
      version,
      at,
    ],
  };
}
