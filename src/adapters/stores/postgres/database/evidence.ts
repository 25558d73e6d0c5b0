import { PostgresFailure } from '../connection/postgres-failure.ts';
import type { Row, Statement } from '../connection/postgres-session.ts';

const WAL_FILE_NAME = /^[\dA-F]{24}$/;

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

/** The system identifier, which PostgreSQL reads from a file: some 15 µs. */
export const SYSTEM = '(SELECT system_identifier::text FROM pg_control_system())';

/**
 * The same read, proving in the same statement that a primary answers it: a proxy may send two statements to two servers,
 * also two of one transaction. The evidence is a row of its own, so that it is there also where no other row is.
 * @param statement with the columns of a `JsonRow`
 * @param withSystem names the system as well
 */
export function proving({ text, values }: Statement, withSystem: boolean): Statement {
  const evidence = `SELECT ${WAL_FILE} AS kind, ${withSystem ? `to_json(${SYSTEM})` : 'NULL::json'} AS row`;
  return { text: `${evidence} UNION ALL (${text})`, ...(values === undefined ? {} : { values }) };
}

/** Gives any `SELECT` the columns of a `JsonRow`. */
export function asJsonRows({ text, values }: Statement): Statement {
  return {
    text: `SELECT 'row' AS kind, to_json(r) AS row FROM (${text}) r`,
    ...(values === undefined ? {} : { values }),
  };
}

/** What a proving statement answered. */
export interface ProvenAnswer {
  readonly rows: readonly JsonRow[];
  readonly timeline: number;
  /** Absent where it was not asked for. */
  readonly system: string | undefined;
}

/** @throws {PostgresFailure} there is no evidence */
export function provenAnswer(rows: readonly Row[]): ProvenAnswer {
  const all = rows as JsonRow[];
  const evidence = all.find(({ kind }) => WAL_FILE_NAME.test(kind));
  if (evidence === undefined) throw new PostgresFailure('refused', 'it does not name its WAL file');
  const { kind, row } = evidence;
  return {
    rows: all.filter((one) => one !== evidence),
    timeline: timelineOf(kind),
    system: typeof row === 'string' ? row : undefined,
  };
}

/** The timeline that wrote a WAL file. */
export function timelineOf(walFile: unknown): number {
  return Number.parseInt(String(walFile).slice(0, 8), 16);
}
