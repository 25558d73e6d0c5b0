import type { Row } from '../connection/postgres-session.ts';
import { SYSTEM, timelineOf, WAL_FILE } from './evidence.ts';

/**
 * Identifies a primary. A promotion starts a new timeline of the same system; `initdb` creates a new system. So two servers
 * with the same identity are the same server or share the same history.
 */
export interface ServerIdentity {
  readonly system: string;
  readonly timeline: number;
}

/** The columns that `identityFrom` expects. */
export const IDENTITY = `${SYSTEM} AS system, ${WAL_FILE} AS wal_file`;

/** @param row with the columns of `IDENTITY` */
export function identityFrom({ system, wal_file }: Row): ServerIdentity {
  return { system: String(system), timeline: timelineOf(wal_file) };
}

/** The description that the port uses, also in messages. */
export function describeServer({ system, timeline }: ServerIdentity): string {
  return `PostgreSQL system ${system}, timeline ${timeline}`;
}

/** An SQL condition: this server has the identity given by `parametersOf`. */
export function isServer(system: string, timeline: string): string {
  return `(${SYSTEM} = ${system} AND left(${WAL_FILE}, 8) = ${timeline})`;
}

export function parametersOf({ system, timeline }: ServerIdentity): readonly [string, string] {
  return [system, timeline.toString(16).toUpperCase().padStart(8, '0')];
}
