import cors from 'cors';
import type { RequestHandler } from 'express';
import { send } from './send.ts';

const EXPOSED_HEADERS = ['ETag', 'Location', 'Retry-After', 'X-Request-Id'];
const PREFLIGHT_SECONDS = 600;

/** Allows requests from web pages of these origins. An OPTIONS request that is not a preflight is answered by its route. */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  const addHeaders = cors({
    origin: [...origins],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
    preflightContinue: true,
  });
  return (request, response, next) => {
    if (request.method !== 'OPTIONS') return addHeaders(request, response, next);
    const isPreflight = request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight) return next();
    addHeaders(request, response, () => send(response, 204));
  };
}
