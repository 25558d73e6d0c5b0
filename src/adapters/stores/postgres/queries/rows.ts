import { type IdempotencyRecord, versionAfter, type Write } from '../../../../domain/change.ts';
import type { RecordedEvent } from '../../../../domain/event.ts';
import type { Loaded, RecordKind, RecordOf } from '../../../../domain/records.ts';
import type { Row } from '../connection/postgres-session.ts';
import { keyFrom, keyParts, TABLES } from './tables.ts';

/** Columns that hold JSON. */
const DOCUMENTS: ReadonlySet<string> = new Set(['owner_of']);

/** @param value a time in PostgreSQL's JSON format, which does not depend on `DateStyle` */
export function timeFrom(value: unknown): string {
  return new Date(String(value)).toISOString();
}

/** @param row all columns of the record's table, as JSON */
export function loadedFrom(kind: RecordKind, row: Row): Loaded {
  const parts = TABLES[kind].keys.map((column) => String(row[column]));
  return { key: keyFrom(kind, parts), version: Number(row['version']), record: recordFrom(kind, row) };
}

function recordFrom(kind: RecordKind, row: Row): RecordOf<Loaded['key']> | undefined {
  if (row['deleted_at'] !== null) return undefined;
  const fields = Object.entries(TABLES[kind].columns).flatMap(([field, column]) => {
    const value = row[column];
    if (value === null) return [];
    return [[field, column.endsWith('_at') ? timeFrom(value) : value]];
  });
  return Object.fromEntries(fields) as RecordOf<Loaded['key']>;
}

export function eventFrom(row: Row): RecordedEvent {
  const { seq, type, actor, subject, changes, version, at } = row;
  return { seq, type, actor, subject, changes, version, at: timeFrom(at) } as RecordedEvent;
}

export function idempotencyFrom(row: Row): IdempotencyRecord {
  const { id, fingerprint, response, changed_keys: changedKeys, expires_at } = row;
  return { id, fingerprint, response, changedKeys, expiresAt: timeFrom(expires_at) } as IdempotencyRecord;
}

/** The columns that a write sets, keys included, with their values. A tombstone keeps only the key of the record. */
export function columnsOf(write: Write, at: string, tombstoneTtlMs: number): ReadonlyMap<string, unknown> {
  const { key, record } = write;
  const { keys, columns } = TABLES[key.kind];
  const parts = keyParts(key);
  const fields: Readonly<Record<string, unknown>> = { ...record };
  const isDeleted = record === undefined;
  return new Map<string, unknown>([
    ...Object.entries(columns).map(
      ([field, column]) => [column, parameterOf(column, fields[field])] as const,
    ),
    ...keys.map((column, index) => [column, parts[index]] as const),
    ['version', versionAfter(write)],
    ['deleted_at', isDeleted ? at : null],
    ['kept_until', isDeleted ? new Date(Date.parse(at) + tombstoneTtlMs).toISOString() : null],
  ]);
}

/** Without `JSON.stringify`, `pg` would convert a list to a PostgreSQL array. */
function parameterOf(column: string, value: unknown): unknown {
  return value !== undefined && DOCUMENTS.has(column) ? JSON.stringify(value) : (value ?? null);
}
