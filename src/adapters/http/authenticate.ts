import type { RequestHandler, Response } from 'express';
import type { Caller } from '../../domain/caller.ts';
import type { Authenticator } from '../../ports/authenticator.ts';

/** Finds out who is calling, for whatever comes after. */
export function authenticate(authenticator: Authenticator): RequestHandler {
  return async (request, response, next) => {
    response.locals['caller'] = await authenticator.authenticate(request.headers.authorization);
    next();
  };
}

export function callerOf(response: Response): Caller {
  return response.locals['caller'];
}
