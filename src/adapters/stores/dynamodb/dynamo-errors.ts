/** What an error of the SDK says about the request that met it. */
export type Verdict =
  /** The transaction was not applied; a code for each of its items. */
  | { readonly kind: 'cancelled'; readonly codes: readonly string[] }
  /** Not applied, for a reason that passes. */
  | { readonly kind: 'passing' }
  /** Not applied, and not worth another attempt. */
  | { readonly kind: 'refused' }
  /** Not applied: the token was used for something else. */
  | { readonly kind: 'token_taken' }
  /** It may have been applied, or may yet be. */
  | { readonly kind: 'unknown' };

const PASSING = new Set([
  'ThrottlingException',
  'Throttling',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'ReplicatedWriteConflictException',
]);

/** Reasons of a cancelled transaction that pass. */
const PASSING_CODES = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** The request never left this machine, or met nobody. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CredentialsProviderError',
]);

export const CONDITION_FAILED = 'ConditionalCheckFailed';

export function verdictOn(error: unknown): Verdict {
  const { name, code, status, codes } = tracesOf(error);
  if (name === 'TransactionCanceledException' && codes !== undefined) return { kind: 'cancelled', codes };
  if (name === 'IdempotentParameterMismatchException') return { kind: 'token_taken' };
  // The same token was sent before and is being worked on.
  if (name === 'TransactionInProgressException') return { kind: 'unknown' };
  if (PASSING.has(name) || NOT_SENT.has(name) || NOT_SENT.has(code)) return { kind: 'passing' };
  if (status !== undefined && status >= 400 && status < 500) return { kind: 'refused' };
  return { kind: 'unknown' };
}

/** Whether a transaction was cancelled for nothing but what passes. */
export function isPassing(codes: readonly string[]): boolean {
  const reasons = codes.filter((code) => code !== 'None');
  return reasons.length > 0 && reasons.every((code) => code === CONDITION_FAILED || PASSING_CODES.has(code));
}

/** Whether DynamoDB answered that there is no such table. */
export function isNotFound(error: unknown): boolean {
  return tracesOf(error).name === 'ResourceNotFoundException';
}

/** Whether the endpoint does not know the operation at all. */
export function isNotOffered(error: unknown): boolean {
  return tracesOf(error).name === 'UnknownOperationException';
}

/** Whether the table is being changed by somebody else just now. */
export function isInUse(error: unknown): boolean {
  return tracesOf(error).name === 'ResourceInUseException';
}

interface Traces {
  readonly name: string;
  readonly code: string;
  readonly status: number | undefined;
  readonly codes: readonly string[] | undefined;
}

function tracesOf(error: unknown): Traces {
  const traces = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
    CancellationReasons?: readonly { Code?: string }[];
  };
  return {
    name: traces.name ?? '',
    code: traces.code ?? '',
    status: traces.$metadata?.httpStatusCode,
    codes: traces.CancellationReasons?.map((reason) => reason.Code ?? 'None'),
  };
}
