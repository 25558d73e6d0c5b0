import type { RequestListener, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import type { AccountService } from '../../app/account-service.ts';
import type { Health } from '../../app/operations/health.ts';
import type { Authenticator } from '../../ports/authenticator.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { InvalidRequest, RouteNotFound } from './errors.ts';
import { authenticate, requireActiveSender } from './request/authenticate.ts';
import { RateLimit } from './request/rate-limit.ts';
import { assignRequestId, requestIdOf } from './request/request-id.ts';
import { pathOf } from './request/request-target.ts';
import { wellFormed } from './request/well-formed.ts';
import { crossOrigin } from './response/cross-origin.ts';
import type { CursorSeal } from './response/cursor-seal.ts';
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
  readonly cursorSeal: CursorSeal;
  readonly telemetry: Telemetry;
  /** Per caller and process; 0 = no limit. */
  readonly rateLimitPerMinute: number;
  /** How many proxies in front are trusted to name the client's address. */
  readonly trustProxy: number;
  readonly corsOrigins: readonly string[];
  readonly isDraining: () => boolean;
}

/** The service over HTTP: every request that Node can make out is answered here. */
export function createApp(parts: AppParts): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  // By itself Node overlooks what comes after 1,000 parameters.
  app.set('query parser', (query: string) => parse(query, '&', '=', { maxKeys: 0 }));
  app.set('trust proxy', parts.trustProxy);

  app.use(wellFormed);
  if (parts.corsOrigins.length > 0) app.use(crossOrigin(parts.corsOrigins));
  mount(app, healthRoutes(parts.health, parts.isDraining));

  const limit = new RateLimit(parts.rateLimitPerMinute);
  const forCallers = [privateToCaller, authenticate(parts.authenticator), limit.callers];
  const endpoint = endpointFactory(parts.service);
  app.options('/{*path}', limit.strangers);
  // A check costs one look at the cache, so nothing is asked about its sender beforehand.
  mount(app, checkRoutes(endpoint), ...forCallers);
  const changing = [...forCallers, requireActiveSender(parts.service)];
  mount(app, userRoutes(endpoint, parts.cursorSeal), ...changing);
  mount(app, organizationRoutes(endpoint, parts.cursorSeal), ...changing);
  mount(app, memberRoutes(endpoint, parts.cursorSeal), ...changing);

  app.use((request) => {
    throw new RouteNotFound(request.method, request.path);
  });
  const answerProblem = problemAnswerer(parts);
  const onError: ErrorRequestHandler = (thrown, _request, response, _next) => answerProblem(response, thrown);
  app.use(limit.refused, onError);

  const noPath = new InvalidRequest([{ path: 'path', message: 'this is not a path' }]);
  return (request, response) => {
    assignRequestId(request, response);
    // Express leaves some of these to a parser that Node warns of, and answers others with a page of its own.
    const path = pathOf(request.url ?? '');
    if (path === undefined) return answerProblem(response, noPath);
    request.url = path;
    app(request, response);
  };
}

/** Browsers and proxies may keep an answer only to ask whether it still holds, and only for this caller. */
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
