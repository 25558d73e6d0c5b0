import cors from 'cors';
import type { RequestHandler } from 'express';

const EXPOSED_HEADERS = ['ETag', 'Location', 'Retry-After', 'X-Request-Id'];
const PREFLIGHT_SECONDS = 600;

/** Lets pages of these origins call. An OPTIONS that is no preflight is left to its route, which knows what it allows. */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  const answer = cors({ origin: [...origins], exposedHeaders: EXPOSED_HEADERS, maxAge: PREFLIGHT_SECONDS });
  return (request, response, next) => {
    const isPreflight = request.headers['access-control-request-method'] !== undefined;
    if (request.method === 'OPTIONS' && !isPreflight) next();
    else answer(request, response, next);
  };
}
