import { DatabaseError } from 'pg';
import { describeNetworkError } from '../../../../ports/network-error.ts';

/**
 * What a failure implies for the statements that were sent to the server:
 * - lost: the connection is closed or silent, so they may have been executed, or may still be
 * - transient: they were rolled back, and a retry may succeed
 * - refused: they were rolled back, and a retry would fail again
 */
export type Verdict = 'lost' | 'transient' | 'refused';

/**
 * Serialization failure, deadlock, and unique violation. The latter means that another transaction inserted the row first: a
 * row that does not exist cannot be locked. The next attempt reads that row and decides again.
 */
const TRANSIENT = new Set(['40001', '40P01', '23505']);

/** The SQLSTATEs with which a standby refuses operations that require a primary. */
const STANDBY = new Set(['55000', '25006', '0A000']);

/**
 * The session ended, or the server is starting or full: another connection may reach a different server.
 * Classes 08 (connection), 57P (shutdown), 58 (system), XX (internal).
 */
const LOST = /^(?:(?:08|57P|58|XX).*|25P03|40003|53300)$/;

/** A class of SQLSTATEs. */
const INVALID_AUTHORIZATION = '28';

/** The driver cannot authenticate, for example because there is no password. It has no code. */
const SASL = /^SASL: /;
const NO_PASSWORD = /client password must be/;

const CERTIFICATE = /CERT|UNABLE_TO_VERIFY_LEAF|HOSTNAME_MISMATCH|INVALID_CA|^ERR_TLS|^ERR_SSL/;

/** A failure of the server or of the connection to it. */
export class PostgresFailure extends Error {
  override readonly name = 'PostgresFailure';
  readonly verdict: Verdict;
  readonly isLate: boolean;
  /** Whether a standby answered. */
  readonly isStandby: boolean;
  /** Whether the operating system reported that the server cannot be reached. */
  readonly isUnreachable: boolean;

  constructor(verdict: Verdict, message: string, options: ErrorOptions & { isLate?: boolean } = {}) {
    super(message, options);
    this.verdict = verdict;
    this.isLate = options.isLate ?? false;
    this.isStandby = isStandby(options.cause);
    this.isUnreachable = describeNetworkError(options.cause) !== undefined;
  }

  /** The deadline passed before an answer arrived, for an unknown reason. */
  static late(verdict: Verdict, message: string): PostgresFailure {
    return new PostgresFailure(verdict, message, { isLate: true });
  }

  /** @param cause thrown by `pg` or Node */
  static of(cause: unknown): PostgresFailure {
    return new PostgresFailure(verdictOn(cause), reasonOf(cause), { cause });
  }
}

/** The SQLSTATE of the server's error, at any depth in the chain of causes. */
export function sqlStateOf(error: unknown): string | undefined {
  if (error instanceof DatabaseError) return error.code;
  return error instanceof Error && error.cause !== undefined ? sqlStateOf(error.cause) : undefined;
}

/** Whether a standby answered, at any depth in the chain of causes. */
export function isStandby(error: unknown): boolean {
  return STANDBY.has(sqlStateOf(error) ?? '');
}

/** Whether the role was not authenticated, at any depth in the chain of causes. */
export function isAuthenticationRefused(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code?.startsWith(INVALID_AUTHORIZATION) === true;
  if (!(error instanceof Error)) return false;
  return SASL.test(error.message) || isAuthenticationRefused(error.cause);
}

/** Whether the server's certificate was rejected, at any depth in the chain of causes. */
export function isCertificateRefused(error: unknown): boolean {
  if (error instanceof DatabaseError) return false;
  return CERTIFICATE.test(codeOf(error)) || (error instanceof Error && isCertificateRefused(error.cause));
}

function verdictOn(error: unknown): Verdict {
  if (!(error instanceof DatabaseError)) {
    return isCertificateRefused(error) || isAuthenticationRefused(error) ? 'refused' : 'lost';
  }
  const code = error.code ?? '';
  if (TRANSIENT.has(code)) return 'transient';
  return LOST.test(code) || isStandby(error) ? 'lost' : 'refused';
}

function reasonOf(error: unknown): string {
  const network = describeNetworkError(error);
  if (network !== undefined) return network;
  // Node tries every address of a host name. Its error has no message of its own if all of them fail.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  if (SASL.test(error.message) && NO_PASSWORD.test(error.message)) {
    return 'the server requires a password, but none was given';
  }
  if (isStandby(error)) return `a standby answered: ${error.message}`;
  if (isCertificateRefused(error)) return `its certificate is not accepted: ${error.message}`;
  return error.message;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
