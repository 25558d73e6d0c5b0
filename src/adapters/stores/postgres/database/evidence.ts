import { PostgresFailure } from '../connection/postgres-failure.ts';
import type { Row, Statement } from '../connection/postgres-session.ts';

const WAL_FILE_NAME = /^[\dA-F]{24}$/;

/** One row of a read: its kind, and all its columns. */
export type JsonRow = {
  readonly kind: string;
  readonly row: unknown;
};

/**
 * The name of the WAL file that the server is writing. A standby does not write WAL, so the call fails there. The first eight
 * digits are the timeline. pgpool routes a statement that calls this function to the primary.
 */
export const WAL_FILE = 'pg_walfile_name(pg_current_wal_lsn())';

/** The system identifier. PostgreSQL reads it from a file, which takes about 15 µs. */
export const SYSTEM = '(SELECT system_identifier::text FROM pg_control_system())';

/**
 * Adds evidence to a read that a primary executed it. The evidence is part of the same statement, because a proxy may route two
 * statements to two servers, even within one transaction. It is a separate row, so that an empty result includes it too.
 * @param statement with the columns of a `JsonRow`
 * @param withSystem whether the evidence includes the system identifier
 */
export function proving({ text, values }: Statement, withSystem: boolean): Statement {
  const evidence = `SELECT ${WAL_FILE} AS kind, ${withSystem ? `to_json(${SYSTEM})` : 'NULL::json'} AS row`;
  return { text: `${evidence} UNION ALL (${text})`, ...(values === undefined ? {} : { values }) };
}

/** Converts the result of any `SELECT` to the columns of a `JsonRow`. */
export function asJsonRows({ text, values }: Statement): Statement {
  return {
    text: `SELECT 'row' AS kind, to_json(r) AS row FROM (${text}) r`,
    ...(values === undefined ? {} : { values }),
  };
}

/** The result of a statement with evidence. */
export interface ProvenAnswer {
  readonly rows: readonly JsonRow[];
  readonly timeline: number;
  /** Absent if it was not requested. */
  readonly system: string | undefined;
}

/** @throws {PostgresFailure} the evidence is missing */
export function provenAnswer(rows: readonly Row[]): ProvenAnswer {
  const all = rows as JsonRow[];
  const evidence = all.find(({ kind }) => WAL_FILE_NAME.test(kind));
  if (evidence === undefined)
    throw new PostgresFailure('refused', 'the answer does not include the name of the WAL file');
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
