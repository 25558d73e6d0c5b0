import { DatabaseError } from 'pg';

/**
 * What a failure says of what was sent to the server:
 * - lost: the connection is gone or silent, so it may have been done, or may yet be
 * - passing: it was undone, for a reason that passes
 * - refused: it was undone, and another attempt is not worth while
 */
export type Verdict = 'lost' | 'passing' | 'refused';

/**
 * Serialization failure, deadlock, and a row that somebody else was quicker to insert: it could not be locked while it was
 * not there, so the next attempt finds and judges it.
 */
const PASSING = new Set(['40001', '40P01', '23505']);

/** What a standby answers to what only a primary can do. */
const STANDBY = new Set(['55000', '25006', '0A000']);

/**
 * The session ended, or the server is starting or full: another connection may lead elsewhere.
 * Classes 08 (connection), 57P (shutdown), 58 (system), XX (internal).
 */
const LOST = /^(?:(?:08|57P|58|XX).*|25P03|40003|53300)$/;

const CERTIFICATE = /CERT|UNABLE_TO_VERIFY_LEAF|HOSTNAME_MISMATCH|INVALID_CA|^ERR_TLS|^ERR_SSL/;

/** A failure at the server or on the way to it. */
export class PostgresFailure extends Error {
  override readonly name = 'PostgresFailure';
  readonly verdict: Verdict;
  readonly isLate: boolean;
  /** Whether a standby answered. */
  readonly isStandby: boolean;

  constructor(verdict: Verdict, message: string, options: ErrorOptions & { isLate?: boolean } = {}) {
    super(message, options);
    this.verdict = verdict;
    this.isLate = options.isLate ?? false;
    this.isStandby = isStandby(options.cause);
  }

  /** There was no time for an answer, which says nothing of the reason. */
  static late(verdict: Verdict, message: string): PostgresFailure {
    return new PostgresFailure(verdict, message, { isLate: true });
  }

  /** @param cause as `pg` or Node threw it */
  static of(cause: unknown): PostgresFailure {
    return new PostgresFailure(verdictOn(cause), reasonOf(cause), { cause });
  }
}

/** The SQLSTATE of what the server answered, however deep it lies. */
export function sqlStateOf(error: unknown): string | undefined {
  if (error instanceof DatabaseError) return error.code;
  return error instanceof Error && error.cause !== undefined ? sqlStateOf(error.cause) : undefined;
}

/** Whether a standby answered, however deep that is in the causes. */
export function isStandby(error: unknown): boolean {
  return STANDBY.has(sqlStateOf(error) ?? '');
}

/** Whether the server's certificate was not accepted, however deep that lies. */
export function isCertificateRefused(error: unknown): boolean {
  if (error instanceof DatabaseError) return false;
  return CERTIFICATE.test(codeOf(error)) || (error instanceof Error && isCertificateRefused(error.cause));
}

function verdictOn(error: unknown): Verdict {
  if (!(error instanceof DatabaseError)) return isCertificateRefused(error) ? 'refused' : 'lost';
  const code = error.code ?? '';
  if (PASSING.has(code)) return 'passing';
  return LOST.test(code) || isStandby(error) ? 'lost' : 'refused';
}

function reasonOf(error: unknown): string {
  // Node tries every address of a name and then says nothing but that all of them failed.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  if (isStandby(error)) return `a standby answered: ${error.message}`;
  if (isCertificateRefused(error)) return `its certificate is not accepted: ${error.message}`;
  return error.message;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
