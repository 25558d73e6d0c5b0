import type { RequestHandler, Response } from 'express';
import type { AccountService } from '../../../app/account-service.ts';
import type { Caller } from '../../../domain/caller.ts';
import { InvalidValue } from '../../../domain/invalid-value.ts';
import { parseUsername } from '../../../domain/names.ts';
import type { Authenticator } from '../../../ports/authenticator.ts';
import { InvalidRequest } from '../errors.ts';
import { hasBody } from './has-body.ts';

/** Finds out who is calling, for whatever comes after. */
export function authenticate(authenticator: Authenticator): RequestHandler {
  return async (request, response, next) => {
    const caller = await authenticator.authenticate(request.headers.authorization);
    response.locals['caller'] = withOnBehalfOf(caller, request.get('On-Behalf-Of'));
    next();
  };
}

/** Sees to it that nobody's body is read. Where none comes, the service finds out who lives as it answers. */
export function requireActiveSender(service: AccountService): RequestHandler {
  return async (request, response, next) => {
    const caller = callerOf(response);
    if (caller.type === 'user' && hasBody(request)) await service.users.get(caller, caller.username);
    next();
  };
}

/** @throws {InvalidRequest} */
function withOnBehalfOf(caller: Caller, username: string | undefined): Caller {
  if (username === undefined) return caller;
  const refuse = (message: string) => new InvalidRequest([{ path: 'header.On-Behalf-Of', message }]);
  if (caller.type !== 'service') throw refuse('only a service acts for a user');
  try {
    return { ...caller, onBehalfOf: parseUsername(username) };
  } catch (error) {
    throw error instanceof InvalidValue ? refuse(error.message) : error;
  }
}

export function callerOf(response: Response): Caller {
  return response.locals['caller'];
}
