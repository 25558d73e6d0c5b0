import type { Statement } from '../connection/postgres-session.ts';
import { DEADLINE_FUNCTION } from '../schema/schema-names.ts';
import { IDENTITY, isServer, parametersOf, type ServerIdentity } from './server-identity.ts';

/** What a server says of itself inside a transaction, and the number by which it knows the transaction. */
export interface ServerView {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly transactionId: string;
  readonly server: ServerIdentity;
}

/**
 * How much of the time that is left the server may wait for a lock. Before COMMIT is sent, the rest is for it to say that it
 * gave up; afterwards also for finding out what became of it, if that is not heard.
 */
const PATIENCE = 0.8;
const PATIENCE_TO_COMMIT = 0.6;

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** A standby refuses READ WRITE. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE';

/**
 * Begins a transaction that is sent as one packet, together with its COMMIT.
 * @param leftMs the time until the deadline
 * @param isSplit in two messages: in one, pgpool does not recognize the beginning of a transaction, and may send what follows
 *   to a standby. A message costs some 15 µs.
 */
export function beginRead(leftMs: number, isSplit: boolean): readonly Statement[] {
  const limit = limitStatements(leftMs, PATIENCE);
  return isSplit ? [{ text: BEGIN }, { text: limit }] : [{ text: `${BEGIN}; ${limit}` }];
}

/** Begins a transaction that the server ends by itself when its client vanishes. */
export function beginChange(leftMs: number): readonly Statement[] {
  return [{ text: BEGIN }, { text: `${limitStatements(leftMs, PATIENCE)}; ${limitIdleTime(leftMs)}` }];
}

/** Comes before the statements that end with COMMIT. */
export function limitCommit(leftMs: number): Statement {
  return { text: `${limitStatements(leftMs, PATIENCE_TO_COMMIT)}; ${limitIdleTime(leftMs)}` };
}

/**
 * Includes the time that a statement waits for locks. `SET LOCAL` ends with the transaction, so the next client of a pooled
 * connection does not inherit it.
 */
function limitStatements(leftMs: number, patience: number): string {
  return `SET LOCAL statement_timeout = ${timeout(leftMs * patience)}`;
}

function limitIdleTime(leftMs: number): string {
  return `SET LOCAL idle_in_transaction_session_timeout = ${timeout(leftMs)}`;
}

/** A timeout as PostgreSQL accepts it; 0 would mean none. */
function timeout(ms: number): number {
  return Math.min(Math.max(1, Math.floor(ms)), LONGEST_TIMEOUT_MS);
}

export const COMMIT: Statement = { text: 'COMMIT' };

/**
 * Comes after whatever may wait, so that the clock is read as late as possible. Whoever made the database may have traded
 * durability for speed; what is acknowledged here is durable.
 */
export const LOOK_AT_SERVER: Statement = {
  text: `SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now,
           pg_current_xact_id()::text AS "transactionId", ${IDENTITY},
           CASE current_setting('synchronous_commit')
             WHEN 'off' THEN set_config('synchronous_commit', 'on', true)
           END`,
};

/**
 * Commits if the server's clock is not past the deadline yet. One message: if the network delays it, then all of it. Triggers
 * that were deferred until COMMIT run before the clock is read, so that all that comes after is to write the commit itself.
 * @param deadline on the server's clock: milliseconds since 1970
 */
export function commitBefore(deadline: number): Statement {
  return {
    text: `SET CONSTRAINTS ALL IMMEDIATE; SELECT ${DEADLINE_FUNCTION}(to_timestamp(${deadline} / 1000.0)); COMMIT`,
  };
}

/**
 * The status of a transaction. `status` is absent if another server answers: there, the number belongs to another transaction.
 * `hasRestarted`: the server crashed or started after the transaction began; then a number that never reached the disk may have
 * been assigned again, and "committed" says nothing about this transaction.
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
 * Ends a transaction that is still waiting. For a lock: it is undone. For its synchronous standby, with its COMMIT on disk: it
 * is made without the standby, before the deadline, and does not come to light at some later time.
 */
export function cancellationOf({ now, transactionId, server }: ServerView): Statement {
  return {
    // After a crash, a later transaction may have got the same number.
    text: `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
           WHERE ${isServer('$3', '$4')} AND backend_xid = $1::xid8::xid
             AND xact_start <= to_timestamp($2::float8 / 1000.0)`,
    values: [transactionId, now, ...parametersOf(server)],
  };
}
