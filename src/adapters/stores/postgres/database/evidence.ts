import type { Row, Statement } from '../connection/postgres-session.ts';

/** One row of a read: what it is, and all its columns. */
export type JsonRow = {
  readonly kind: string;
  readonly row: unknown;
};

/**
 * The name of the WAL file that the server is writing. A standby has none and fails; the first eight digits are the timeline;
 * and pgpool sends a statement that asks for it to the primary.
 */
export const WAL_FILE = 'pg_walfile_name(pg_current_wal_lsn())';

/** The only row without columns of its own; comes also where there is no other. */
const EVIDENCE = `SELECT ${WAL_FILE} AS kind, NULL::json AS row`;

/**
 * The same read, proving in the same statement that a primary answers it: a proxy may send two statements to two servers,
 * also two of one transaction.
 * @param statement with the columns of a `JsonRow`
 */
export function proving({ text, values }: Statement): Statement {
  return { text: `${EVIDENCE} UNION ALL (${text})`, ...(values === undefined ? {} : { values }) };
}

/** Gives any `SELECT` the columns of a `JsonRow`. */
export function asJsonRows({ text, values }: Statement): Statement {
  return {
    text: `SELECT 'row' AS kind, to_json(r) AS row FROM (${text}) r`,
    ...(values === undefined ? {} : { values }),
  };
}

/** @param rows what a `proving` statement answered */
export function withoutEvidence(rows: readonly Row[]): {
  readonly rows: readonly JsonRow[];
  readonly timeline: number | undefined;
} {
  const all = rows as JsonRow[];
  const evidence = all.find(({ row }) => row === null);
  return { rows: all.filter((row) => row !== evidence), timeline: timelineOf(evidence?.kind) };
}

/** The timeline that wrote a WAL file. */
export function timelineOf(walFile: unknown): number | undefined {
  if (typeof walFile !== 'string' || !/^[\dA-F]{24}$/.test(walFile)) return undefined;
  return Number.parseInt(walFile.slice(0, 8), 16);
}
