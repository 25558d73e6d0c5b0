import type { RequestListener, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import type { AccountService } from '../../app/account-service.ts';
import type { Health } from '../../app/operations/health.ts';
import type { Authenticator } from '../../ports/authenticator.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { InvalidRequest, RouteNotFound } from './errors.ts';
import { authenticate, requireActiveCaller } from './request/authenticate.ts';
import { RateLimit } from './request/rate-limit.ts';
import { assignRequestId, requestIdOf } from './request/request-id.ts';
import { pathOf } from './request/request-target.ts';
import { requireWellFormed } from './request/require-well-formed.ts';
import { crossOrigin } from './response/cross-origin.ts';
import type { CursorCipher } from './response/cursor-cipher.ts';
import { problemOf, toApiError } from './response/problems.ts';
import { send } from './response/send.ts';
import { checkRoutes } from './routes/check-routes.ts';
import { endpointFactory } from './routes/endpoint.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { memberRoutes } from './routes/member-routes.ts';
import { mount } from './routes/mount.ts';
import { organizationRoutes } from './routes/organization-routes.ts';
import { userRoutes } from './routes/user-routes.ts';

export interface AppParts {
  readonly service: AccountService;
  readonly health: Health;
  readonly authenticator: Authenticator;
  readonly cursorCipher: CursorCipher;
  readonly telemetry: Telemetry;
  /** Per caller and process; 0 = no limit. */
  readonly rateLimitPerMinute: number;
  /** Number of proxies in front of the service that are trusted to name the client's address. */
  readonly trustProxy: number;
  readonly corsOrigins: readonly string[];
  readonly isDraining: () => boolean;
}

/** The HTTP API. It answers every request that Node can parse. */
export function createApp(parts: AppParts): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  // Unlimited: by default, Node ignores parameters after the first 1,000.
  app.set('query parser', (query: string) => parse(query, '&', '=', { maxKeys: 0 }));
  app.set('trust proxy', parts.trustProxy);

  app.use(requireWellFormed);
  if (parts.corsOrigins.length > 0) app.use(crossOrigin(parts.corsOrigins));
  mount(app, healthRoutes(parts.health, parts.isDraining));

  const limit = new RateLimit(parts.rateLimitPerMinute);
  const forCallers = [privateToCaller, authenticate(parts.authenticator), limit.authenticated];
  const endpoint = endpointFactory(parts.service);
  app.options('/{*path}', limit.unauthenticated);
  // A check reads its caller together with the other records, in one cache lookup, so it is not checked beforehand.
  mount(app, checkRoutes(endpoint), ...forCallers);
  const forActiveCallers = [...forCallers, requireActiveCaller(parts.service)];
  mount(app, userRoutes(endpoint, parts.cursorCipher), ...forActiveCallers);
  mount(app, organizationRoutes(endpoint, parts.cursorCipher), ...forActiveCallers);
  mount(app, memberRoutes(endpoint, parts.cursorCipher), ...forActiveCallers);

  app.use((request) => {
    throw new RouteNotFound(request.method, request.path);
  });
  const answerProblem = problemAnswerer(parts);
  const onError: ErrorRequestHandler = (thrown, _request, response, _next) => answerProblem(response, thrown);
  app.use(limit.rejected, onError);

  const noPath = new InvalidRequest([{ path: 'path', message: 'is not a valid path' }]);
  return (request, response) => {
    assignRequestId(request, response);
    // Express parses some targets with a deprecated parser, and answers others with an HTML page.
    const path = pathOf(request.url ?? '');
    if (path === undefined) return answerProblem(response, noPath);
    request.url = path;
    app(request, response);
  };
}

/** Clients may cache a response only for this caller, and must revalidate it before each use. */
const privateToCaller: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'private, no-cache');
  response.vary('Authorization');
  next();
};

function problemAnswerer({ authenticator, telemetry }: AppParts) {
  return (response: ServerResponse, thrown: unknown): void => {
    const requestId = requestIdOf(response);
    const error = toApiError(thrown);
    const { status, headers, body } = problemOf(error, requestId, authenticator.challenge);
    if (status >= 500) telemetry.emit({ type: 'request_failed', requestId, code: error.code, error: thrown });
    if (response.headersSent) response.destroy();
    else send(response, status, body, headers);
  };
}
