import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export const REQUEST_ID_HEADER = 'X-Request-Id';
const ACCEPTABLE = /^[\w.:-]{1,128}$/;

/** Sets `X-Request-Id` on the response: that of the client if acceptable, otherwise a new one. */
export function assignRequestId(request: IncomingMessage, response: ServerResponse): void {
  const given = request.headers['x-request-id'];
  const acceptable = typeof given === 'string' && ACCEPTABLE.test(given);
  response.setHeader(REQUEST_ID_HEADER, acceptable ? given : randomUUID());
}

export function requestIdOf(response: ServerResponse): string {
  return String(response.getHeader(REQUEST_ID_HEADER));
}
