import type { AnyDomainError } from '../../domain/errors.ts';
import type { PortsError } from '../../ports/errors.ts';

/** One thing that is wrong with a request, and where: a body field by name, others as `path.…`, `query.…`, `header.…`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** A request that HTTP itself refuses, before or beside the service. */
abstract class HttpError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** More than these are only counted, so that a small request has no large answer. */
const MAX_FIELD_ERRORS = 20;

export class InvalidRequest extends HttpError {
  readonly code = 'invalid_request';
  readonly fieldErrors: readonly FieldError[];
  constructor(all: readonly FieldError[]) {
    const more = all.length - MAX_FIELD_ERRORS;
    const fieldErrors =
      more > 0 ? [...all.slice(0, MAX_FIELD_ERRORS), { path: '', message: `and ${more} more` }] : all;
    super(fieldErrors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '));
    this.fieldErrors = fieldErrors;
  }
}

export class RouteNotFound extends HttpError {
  readonly code = 'not_found';
  constructor(method: string, path: string) {
    super(`There is no ${method} ${path}.`);
  }
}

export class MethodNotAllowed extends HttpError {
  readonly code = 'method_not_allowed';
  readonly allowed: readonly string[];
  constructor(method: string, allowed: readonly string[]) {
    super(`${method} is not allowed here, only ${allowed.join(', ')}.`);
    this.allowed = allowed;
  }
}

export class RequestTimeout extends HttpError {
  readonly code = 'request_timeout';
}

/** The same as the domain's `VersionMismatch`, of every version that `If-Match` names. */
export class PreconditionFailed extends HttpError {
  readonly code = 'version_mismatch';
  constructor() {
    super('What is there is at no version that If-Match names.');
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
    super(`More than ${allowedPerMinute} requests in a minute; try again in ${retryAfterSeconds} s.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class HeadersTooLarge extends HttpError {
  readonly code = 'headers_too_large';
}

/** Everything else: a mistake of ours. What it was stands in the log under the request's id, and nowhere else. */
export class InternalError extends HttpError {
  readonly code = 'internal_error';
  constructor(cause: unknown) {
    super('Something went wrong here. The log has the details under the request id.', { cause });
  }
}

/** Every error that a client can meet; the table in problems.ts covers each code. */
export type ApiError =
  | AnyDomainError
  | PortsError
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
