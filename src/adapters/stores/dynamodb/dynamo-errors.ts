/** Which effect a failed request had, judged by the SDK's error. */
export type ErrorClass =
  /** The transaction was not applied; one code for each of its items. */
  | { readonly kind: 'cancelled'; readonly codes: readonly string[] }
  /** Not applied; a retry may succeed. */
  | { readonly kind: 'transient' }
  /** Not applied; a retry would fail too. */
  | { readonly kind: 'rejected' }
  /** Not applied: the idempotency token belongs to a different request. */
  | { readonly kind: 'token_reused' }
  /** It may have been applied, or may still be. */
  | { readonly kind: 'unknown' };

const TRANSIENT_ERRORS = new Set([
  'ThrottlingException',
  'Throttling',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'ReplicatedWriteConflictException',
]);

/** Cancellation reasons for which a retry may succeed. */
const TRANSIENT_REASONS = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** The request was never sent, or no server received it. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CredentialsProviderError',
]);

export const CONDITION_FAILED = 'ConditionalCheckFailed';

/** No answer before the attempt's own timeout, or before the deadline. */
export class AttemptTimeout extends Error {
  override readonly name = 'AttemptTimeout';
}

export function classify(error: unknown): ErrorClass {
  const { name, code, status, codes } = fieldsOf(error);
  if (name === 'TransactionCanceledException' && codes !== undefined) return { kind: 'cancelled', codes };
  if (name === 'IdempotentParameterMismatchException') return { kind: 'token_reused' };
  // An earlier request with the same token is still in progress.
  if (name === 'TransactionInProgressException') return { kind: 'unknown' };
  if (TRANSIENT_ERRORS.has(name) || NOT_SENT.has(name) || NOT_SENT.has(code)) return { kind: 'transient' };
  if (status !== undefined && status >= 400 && status < 500) return { kind: 'rejected' };
  return { kind: 'unknown' };
}

/** Whether a transaction was cancelled for transient reasons only. */
export function isTransientCancellation(codes: readonly string[]): boolean {
  const reasons = reasonsAmong(codes);
  return (
    reasons.length > 0 && reasons.every((code) => code === CONDITION_FAILED || TRANSIENT_REASONS.has(code))
  );
}

/** The codes of the items that caused a cancellation. */
export function reasonsAmong(codes: readonly string[]): string[] {
  return codes.filter((code) => code !== 'None');
}

export function isTableNotFound(error: unknown): boolean {
  return fieldsOf(error).name === 'ResourceNotFoundException';
}

/** Whether the endpoint does not implement the operation at all. */
export function isUnsupportedOperation(error: unknown): boolean {
  return fieldsOf(error).name === 'UnknownOperationException';
}

/** Whether another process is creating or changing the table. */
export function isResourceInUse(error: unknown): boolean {
  return fieldsOf(error).name === 'ResourceInUseException';
}

interface ErrorFields {
  readonly name: string;
  readonly code: string;
  readonly status: number | undefined;
  readonly codes: readonly string[] | undefined;
}

function fieldsOf(error: unknown): ErrorFields {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
    CancellationReasons?: readonly { Code?: string }[];
  };
  return {
    name: fields.name ?? '',
    code: fields.code ?? '',
    status: fields.$metadata?.httpStatusCode,
    codes: fields.CancellationReasons?.map((reason) => reason.Code ?? 'None'),
  };
}
