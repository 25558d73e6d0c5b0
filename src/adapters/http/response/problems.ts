import { type ApiError, type FieldError, InternalError, InvalidRequest } from '../errors.ts';

/** The HTTP status and title of each code. This is the only place with statuses; a missing code does not compile. */
const PROBLEMS: Readonly<Record<ApiError['code'], readonly [status: number, title: string]>> = {
  invalid_request: [400, 'The request is not valid'],
  unauthenticated: [401, 'Credentials are missing or not valid'],
  forbidden: [403, 'Not allowed'],
  user_suspended: [403, 'The user is suspended'],
  organization_suspended: [403, 'The organization is suspended'],
  not_found: [404, 'No such route'],
  user_not_found: [404, 'No such user'],
  organization_not_found: [404, 'No such organization'],
  membership_not_found: [404, 'No such membership'],
  membership_suspended: [404, 'The membership is not in force'],
  method_not_allowed: [405, 'Method not allowed'],
  request_timeout: [408, 'The request was not received in time'],
  user_already_exists: [409, 'The user already exists'],
  organization_already_exists: [409, 'The organization already exists'],
  membership_already_exists: [409, 'The membership already exists'],
  email_taken: [409, 'The e-mail address is already in use'],
  last_owner: [409, 'The organization would be left without an Owner'],
  too_many_owners: [409, 'The organization has too many Owners'],
  too_many_organizations: [409, 'The user owns too many organizations'],
  conflict: [409, 'The record was changed concurrently'],
  version_mismatch: [412, 'The version does not match'],
  payload_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The media type of the body is not supported'],
  idempotency_key_reused: [422, 'The idempotency key was used for a different request'],
  rate_limited: [429, 'Too many requests'],
  headers_too_large: [431, 'The headers are too large'],
  internal_error: [500, 'Internal error'],
  cache_unavailable: [503, 'The cache is unavailable'],
  store_unavailable: [503, 'The store is unavailable'],
  outcome_unknown: [503, 'The outcome is unknown'],
};

/** Texts that replace an adapter's message, which may contain addresses and table names and is only logged. */
const DETAILS: Readonly<Partial<Record<ApiError['code'], string>>> = {
  store_unavailable: 'The store is currently unavailable. Nothing was changed; retry the request.',
  cache_unavailable:
    'The cache is currently unavailable, and changes require it. Nothing was changed; retry the request.',
};

const RETRY_AFTER_SECONDS = 1;

/** The status, headers and body of an RFC 9457 problem. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly type: string;
    readonly title: string;
    readonly status: number;
    readonly detail: string;
    readonly code: ApiError['code'];
    readonly requestId: string;
    readonly errors?: readonly FieldError[];
  };
}

/** @param challenge value of the `WWW-Authenticate` header of a 401 */
export function problemOf(error: ApiError, requestId: string, challenge: string): Problem {
  const [status, title] = PROBLEMS[error.code];
  return {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headersOf(error, status, challenge) },
    body: {
      type: `urn:rollcall:problem:${error.code}`,
      title,
      status,
      detail: DETAILS[error.code] ?? error.message,
      code: error.code,
      requestId,
      ...('fieldErrors' in error ? { errors: error.fieldErrors } : {}),
    },
  };
}

function headersOf(error: ApiError, status: number, challenge: string): Record<string, string> {
  if (error.code === 'unauthenticated') return { 'WWW-Authenticate': challenge };
  if (error.code === 'method_not_allowed') return { Allow: error.allowed.join(', ') };
  if (error.code === 'rate_limited') return { 'Retry-After': String(error.retryAfterSeconds) };
  if (status === 503) return { 'Retry-After': String(RETRY_AFTER_SECONDS) };
  return {};
}

/** Any thrown value as an error of the API. */
export function toApiError(error: unknown): ApiError {
  if (isApiError(error)) return error;
  if (error instanceof URIError) {
    return new InvalidRequest([{ path: 'path', message: 'has invalid percent-encoding' }]);
  }
  return new InternalError(error);
}

function isApiError(error: unknown): error is ApiError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    Object.hasOwn(PROBLEMS, error.code)
  );
}
