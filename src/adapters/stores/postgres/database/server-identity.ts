import type { Row } from '../connection/postgres-session.ts';
import { SYSTEM, timelineOf, WAL_FILE } from './evidence.ts';

/**
 * Identifies a primary. A promotion begins a new timeline of the same system; `initdb` makes another system. So two servers with
 * the same identity are one, or have the same past.
 */
export interface ServerIdentity {
  readonly system: string;
  readonly timeline: number;
}

/** Two columns for `identityFrom`. */
export const IDENTITY = `${SYSTEM} AS system, ${WAL_FILE} AS wal_file`;

/** @param row with the columns of `IDENTITY` */
export function identityFrom({ system, wal_file }: Row): ServerIdentity {
  return { system: String(system), timeline: timelineOf(wal_file) };
}

/** For the port and for people. */
export function describeServer({ system, timeline }: ServerIdentity): string {
  return `PostgreSQL system ${system}, timeline ${timeline}`;
}

/** An SQL condition: this server is the one whose `parametersOf` are given. */
export function isServer(system: string, timeline: string): string {
  return `(${SYSTEM} = ${system} AND left(${WAL_FILE}, 8) = ${timeline})`;
}

export function parametersOf({ system, timeline }: ServerIdentity): readonly [string, string] {
  return [system, timeline.toString(16).toUpperCase().padStart(8, '0')];
}
