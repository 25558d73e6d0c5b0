import type { Row, Statement } from '../connection/postgres-session.ts';
import { SCHEMA } from '../schema/schema-names.ts';
import { TABLES } from './tables.ts';

interface Expiring {
  readonly table: string;
  readonly keys: readonly string[];
  readonly expiry: string;
}

const EXPIRING: readonly Expiring[] = [
  ...Object.values(TABLES).map(({ name, keys }) => ({ table: name, keys, expiry: 'kept_until' })),
  { table: `${SCHEMA}.idempotency`, keys: ['id'], expiry: 'expires_at' },
];

/** Selects and locks expired rows, so that no other transaction can reuse them. Rows locked by others are skipped. */
export function lockExpired(now: string, limit: number): Statement {
  const parts = EXPIRING.map(({ table, keys, expiry }, i) => {
    const key = keys.map((column) => `${column}::text`).join(', ');
    return `part${i} AS (SELECT ${i} AS part, ARRAY[${key}] AS key FROM ${table}
      WHERE ${expiry} <= $1 ORDER BY ${expiry} LIMIT $2 FOR UPDATE SKIP LOCKED)`;
  });
  const all = EXPIRING.map((_, i) => `SELECT part, key FROM part${i}`);
  return {
    text: `WITH ${parts.join(', ')} ${all.join(' UNION ALL ')} LIMIT $2`,
    values: [now, limit],
  };
}

/** @param rows of `lockExpired` */
export function removeLocked(rows: readonly Row[]): readonly Statement[] {
  return EXPIRING.flatMap(({ table, keys }, i) => {
    const found = rows.filter(({ part }) => Number(part) === i).map(({ key }) => key as readonly string[]);
    if (found.length === 0) return [];
    const columns = keys.map((_, column) => found.map((key) => key[column] ?? ''));
    const arrays = keys.map((_, column) => `$${column + 1}::text[]`).join(', ');
    return [
      {
        text: `DELETE FROM ${table} WHERE (${keys.join(', ')}) IN (SELECT * FROM unnest(${arrays}))`,
        values: columns,
      },
    ];
  });
}
