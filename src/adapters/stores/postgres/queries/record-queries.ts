import type { Change } from '../../../../domain/change.ts';
import type { RecordKey, RecordKind } from '../../../../domain/records.ts';
import type { Statement } from '../connection/postgres-session.ts';
import { SCHEMA } from '../schema/schema-names.ts';
import { KINDS, keyParts, TABLES } from './tables.ts';

type Lock = 'FOR UPDATE' | 'FOR SHARE';

/** Up to this many pairs, a list is planned faster than a join. Planning takes most of the time of a short statement. */
const MAX_LISTED = 4;

/** Keys of one kind that are read, or locked in the same mode. */
interface Run {
  readonly kind: RecordKind;
  readonly lock?: Lock;
  readonly keys: RecordKey[];
}

/** Reads these keys in a single snapshot: rows of `kind` and the complete `row` as JSON. */
export function selectRecords(keys: readonly RecordKey[]): Statement {
  return unionOf(
    KINDS.map((kind) => ({ kind, keys: keys.filter((key) => key.kind === kind) })).filter(
      (run) => run.keys.length > 0,
    ),
  );
}

/**
 * Reads the keys that a change writes or depends on, and locks them until the end of the transaction: exclusively for writes,
 * shared for conditions. Every transaction locks in key order, which prevents deadlocks. The idempotency record, if any, is a
 * row of kind `idempotency`.
 * @returns `undefined` if there is nothing to lock
 */
export function lockRecords({ writes, conditions, idempotency }: Change): Statement | undefined {
  const entries = [
    ...writes.map(({ key }) => ({ key, lock: 'FOR UPDATE' }) as const),
    ...conditions.map(({ key }) => ({ key, lock: 'FOR SHARE' }) as const),
  ];
  if (entries.length === 0 && idempotency === undefined) return undefined;
  entries.sort((one, other) => inOrder(one.key, other.key));
  const runs: Run[] = [];
  for (const { key, lock } of entries) {
    const run = runs.at(-1);
    if (run !== undefined && run.kind === key.kind && run.lock === lock) run.keys.push(key);
    else runs.push({ kind: key.kind, lock, keys: [key] });
  }
  return unionOf(runs, idempotency?.id);
}

/** By kind, then by the parts of the key: code units, as in the collation of the columns. */
export function inOrder(one: RecordKey, other: RecordKey): number {
  const byKind = KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind);
  if (byKind !== 0) return byKind;
  const [parts, others] = [keyParts(one).join('\0'), keyParts(other).join('\0')];
  if (parts === others) return 0;
  return parts < others ? -1 : 1;
}

/** PostgreSQL executes the parts of this union in sequence, and never runs locking parts in parallel. */
function unionOf(runs: readonly Run[], idempotencyId?: string): Statement {
  const values: unknown[] = [];
  const parts = runs.map(({ kind, lock, keys }) => {
    const { name, keys: columns } = TABLES[kind];
    const from = `FROM ${name} t WHERE ${isAmong(columns, keys.map(keyParts), values)}`;
    return lock === undefined
      ? `SELECT '${kind}' AS kind, to_json(t) AS row ${from}`
      : lockedRows(kind, `SELECT t.* ${from} ORDER BY ${inTable(columns)} ${lock} OF t`);
  });
  if (idempotencyId !== undefined) {
    values.push(idempotencyId);
    const rows = `SELECT id, expires_at FROM ${SCHEMA}.idempotency WHERE id = $${values.length} FOR UPDATE`;
    parts.push(lockedRows('idempotency', rows));
  }
  return { text: parts.join('\nUNION ALL '), values };
}

function lockedRows(kind: string, rows: string): string {
  return `SELECT '${kind}' AS kind, to_json(r) AS row FROM (${rows}) r`;
}

/** @param values the parameters of the condition are appended to it */
function isAmong(
  columns: readonly string[],
  keys: readonly (readonly string[])[],
  values: unknown[],
): string {
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const list = (index: number) => `${parameter(keys.map((parts) => parts[index]))}::text[]`;
  if (columns.length === 1) return `${inTable(columns)} = ANY (${list(0)})`;
  const rows =
    keys.length <= MAX_LISTED
      ? keys.map((parts) => `(${parts.map(parameter).join(', ')})`).join(', ')
      : `SELECT * FROM unnest(${columns.map((_, index) => list(index)).join(', ')})`;
  return `(${inTable(columns)}) IN (${rows})`;
}

function inTable(columns: readonly string[]): string {
  return columns.map((column) => `t.${column}`).join(', ');
}
