import type { Statement } from '../connection/postgres-session.ts';
import { DEADLINE_FUNCTION } from '../schema/schema-names.ts';
import { IDENTITY, isServer, parametersOf, type ServerIdentity } from './server-identity.ts';

/** The state of a server inside a transaction, and the id of the transaction. */
export interface ServerView {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly transactionId: string;
  readonly server: ServerIdentity;
}

/**
 * The fraction of the remaining time that the server may spend on a statement, lock waits included. Before COMMIT, the rest is
 * for the server to report the timeout. With COMMIT, it is also for settling the transaction if that report is lost.
 */
const STATEMENT_SHARE = 0.8;
const COMMIT_SHARE = 0.6;

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** A standby refuses READ WRITE. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE';

/**
 * Begins a transaction that is sent as one packet, together with its COMMIT.
 * @param leftMs the time until the deadline
 * @param isSplit whether to use two messages. In a single message, pgpool does not recognize BEGIN, and may route the following
 *   statements to a standby. A message takes about 15 µs.
 */
export function beginRead(leftMs: number, isSplit: boolean): readonly Statement[] {
  const limit = limitStatements(leftMs, STATEMENT_SHARE);
  return isSplit ? [{ text: BEGIN }, { text: limit }] : [{ text: `${BEGIN}; ${limit}` }];
}

/** Begins a transaction that the server aborts if its client disappears. */
export function beginChange(leftMs: number): readonly Statement[] {
  return [{ text: BEGIN }, { text: `${limitStatements(leftMs, STATEMENT_SHARE)}; ${limitIdleTime(leftMs)}` }];
}

/** Precedes the statements that end with COMMIT. */
export function limitCommit(leftMs: number): Statement {
  return { text: `${limitStatements(leftMs, COMMIT_SHARE)}; ${limitIdleTime(leftMs)}` };
}

/**
 * The timeout includes lock waits. `SET LOCAL` ends with the transaction, so the next client of a pooled connection does not
 * inherit it.
 */
function limitStatements(leftMs: number, share: number): string {
  return `SET LOCAL statement_timeout = ${timeout(leftMs * share)}`;
}

function limitIdleTime(leftMs: number): string {
  return `SET LOCAL idle_in_transaction_session_timeout = ${timeout(leftMs)}`;
}

/** A timeout in PostgreSQL's range; 0 would disable it. */
function timeout(ms: number): number {
  return Math.min(Math.max(1, Math.floor(ms)), LONGEST_TIMEOUT_MS);
}

export const COMMIT: Statement = { text: 'COMMIT' };

/**
 * Follows all statements that may wait for locks, so that the clock is read as late as possible. Turns on `synchronous_commit` if
 * the database has it off, so that acknowledged changes are durable.
 */
export const INSPECT_SERVER: Statement = {
  text: `SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now,
           pg_current_xact_id()::text AS "transactionId", ${IDENTITY},
           CASE current_setting('synchronous_commit')
             WHEN 'off' THEN set_config('synchronous_commit', 'on', true)
           END`,
};

/**
 * Commits unless the server's clock is past the deadline. It is a single message, so the network cannot delay COMMIT alone.
 * Deferred triggers run before the clock is read, so that only the commit record remains to be written.
 * @param deadline on the server's clock: milliseconds since 1970
 */
export function commitBefore(deadline: number): Statement {
  return {
    text: `SET CONSTRAINTS ALL IMMEDIATE; SELECT ${DEADLINE_FUNCTION}(to_timestamp(${deadline} / 1000.0)); COMMIT`,
  };
}

/**
 * The status of a transaction. `status` is null if a different server answers, where the id belongs to another transaction.
 * `hasRestarted`: the server crashed or started after the transaction began. A transaction id that never reached the disk may
 * then have been reassigned, so "committed" may refer to another transaction.
 */
export function statusOf({ now, transactionId, server }: ServerView): Statement {
  return {
    text: `SELECT CASE WHEN ${isServer('$3', '$4')} THEN pg_xact_status($1::xid8) END AS status,
             pg_postmaster_start_time() > began OR coalesce(stats_reset > began, true) AS "hasRestarted", ${IDENTITY}
           FROM pg_stat_bgwriter, to_timestamp($2::float8 / 1000.0) AS began`,
    values: [transactionId, now, ...parametersOf(server)],
  };
}

/**
 * Cancels a transaction that is still waiting. If it waits for a lock, it is rolled back. If its commit record is on disk and it
 * waits for the synchronous standby, it is committed without the standby now, and does not become visible at a later time.
 */
export function cancellationOf({ now, transactionId, server }: ServerView): Statement {
  return {
    // After a crash, a later transaction may have the same id.
    text: `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
           WHERE ${isServer('$3', '$4')} AND backend_xid = $1::xid8::xid
             AND xact_start <= to_timestamp($2::float8 / 1000.0)`,
    values: [transactionId, now, ...parametersOf(server)],
  };
}
