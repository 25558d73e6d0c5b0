import type { AnyDomainError } from '../../domain/errors.ts';
import type { AnyPortError } from '../../ports/errors.ts';

/** An error in one part of a request. `path` is the name of a body field, or `path.…`, `query.…`, `header.…`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** An error of the HTTP layer, independent of the service. */
abstract class HttpError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** The message of a required part that is absent. */
export const MISSING = 'is missing';

/** Further errors are only counted, so that a small request does not get a large answer. */
const MAX_FIELD_ERRORS = 20;

export class InvalidRequest extends HttpError {
  readonly code = 'invalid_request';
  readonly fieldErrors: readonly FieldError[];
  constructor(all: readonly FieldError[]) {
    const more = all.length - MAX_FIELD_ERRORS;
    const fieldErrors =
      more > 0 ? [...all.slice(0, MAX_FIELD_ERRORS), { path: '', message: `and ${more} more` }] : all;
    super(fieldErrors.map(textOf).join('; '));
    this.fieldErrors = fieldErrors;
  }
}

function textOf({ path, message }: FieldError): string {
  if (path === '') return message;
  return message === MISSING ? `${path} ${message}` : `${path}: ${message}`;
}

export class RouteNotFound extends HttpError {
  readonly code = 'not_found';
  constructor(method: string, path: string) {
    super(`There is no route ${method} ${path}.`);
  }
}

export class MethodNotAllowed extends HttpError {
  readonly code = 'method_not_allowed';
  readonly allowed: readonly string[];
  constructor(method: string, allowed: readonly string[]) {
    super(`${method} is not allowed on this path; allowed: ${allowed.join(', ')}.`);
    this.allowed = allowed;
  }
}

export class RequestTimeout extends HttpError {
  readonly code = 'request_timeout';
}

/** Like the domain's `VersionMismatch`, for all versions in `If-Match`. */
export class PreconditionFailed extends HttpError {
  readonly code = 'version_mismatch';
  constructor() {
    super('The resource has none of the versions in If-Match.');
  }
}

export class PayloadTooLarge extends HttpError {
  readonly code = 'payload_too_large';
}

export class UnsupportedMediaType extends HttpError {
  readonly code = 'unsupported_media_type';
}

export class RateLimited extends HttpError {
  readonly code = 'rate_limited';
  readonly retryAfterSeconds: number;
  constructor(allowedPerMinute: number, retryAfterSeconds: number) {
    super(
      `The limit of ${allowedPerMinute} requests per minute is exceeded; retry in ${retryAfterSeconds} s.`,
    );
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class HeadersTooLarge extends HttpError {
  readonly code = 'headers_too_large';
}

/** Any other error: a defect of the service. Its cause is only logged, with the request id. */
export class InternalError extends HttpError {
  readonly code = 'internal_error';
  constructor(cause: unknown) {
    super('An internal error occurred. The server log has its cause under this request id.', { cause });
  }
}

/** All errors of the API; the table in problems.ts covers each code. */
export type ApiError =
  | AnyDomainError
  | AnyPortError
  | InvalidRequest
  | RouteNotFound
  | MethodNotAllowed
  | RequestTimeout
  | PreconditionFailed
  | PayloadTooLarge
  | UnsupportedMediaType
  | RateLimited
  | HeadersTooLarge
  | InternalError;
