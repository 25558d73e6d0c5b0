import type { RequestHandler, Response } from 'express';
import type { AccountService } from '../../app/account-service.ts';
import type { Caller } from '../../domain/caller.ts';
import type { Authenticator } from '../../ports/authenticator.ts';
import { hasBody } from './has-body.ts';

/** Finds out who is calling, for whatever comes after. */
export function authenticate(authenticator: Authenticator): RequestHandler {
  return async (request, response, next) => {
    response.locals['caller'] = await authenticator.authenticate(request.headers.authorization);
    next();
  };
}

/** Sees to it that nobody's body is read. Where none comes, the service finds out who lives as it answers. */
export function activeSender(service: AccountService): RequestHandler {
  return async (request, response, next) => {
    const caller = callerOf(response);
    if (caller.type === 'user' && hasBody(request)) await service.users.get(caller, caller.username);
    next();
  };
}

export function callerOf(response: Response): Caller {
  return response.locals['caller'];
}
