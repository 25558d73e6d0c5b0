import type { RequestHandler, Response } from 'express';
import type { AccountService } from '../../../app/account-service.ts';
import type { Caller } from '../../../domain/caller.ts';
import { InvalidValue } from '../../../domain/invalid-value.ts';
import { parseUsername } from '../../../domain/names.ts';
import type { Authenticator } from '../../../ports/authenticator.ts';
import { InvalidRequest } from '../errors.ts';
import { hasBody } from './has-body.ts';

/** Authenticates the caller for the handlers that follow. */
export function authenticate(authenticator: Authenticator): RequestHandler {
  return async (request, response, next) => {
    const caller = await authenticator.authenticate(request.headers.authorization);
    response.locals['caller'] = withOnBehalfOf(caller, request.get('On-Behalf-Of'));
    next();
  };
}

/**
 * Rejects a user who does not exist or is suspended before the body is read. For a request without a body, the operation
 * itself checks this.
 */
export function requireActiveCaller(service: AccountService): RequestHandler {
  return async (request, response, next) => {
    const caller = callerOf(response);
    if (caller.type === 'user' && hasBody(request)) await service.users.get(caller, caller.username);
    next();
  };
}

/** @throws {InvalidRequest} */
function withOnBehalfOf(caller: Caller, username: string | undefined): Caller {
  if (username === undefined) return caller;
  const invalid = (message: string) => new InvalidRequest([{ path: 'header.On-Behalf-Of', message }]);
  if (caller.type !== 'service') throw invalid('only a service can act on behalf of a user');
  try {
    return { ...caller, onBehalfOf: parseUsername(username) };
  } catch (error) {
    throw error instanceof InvalidValue ? invalid(error.message) : error;
  }
}

export function callerOf(response: Response): Caller {
  return response.locals['caller'];
}
