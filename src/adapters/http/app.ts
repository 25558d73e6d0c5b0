import cors from 'cors';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { AccountService } from '../../app/account-service.ts';
import type { Health } from '../../app/health.ts';
import type { Authenticator } from '../../ports/authenticator.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { CursorSeal } from './cursor-seal.ts';
import { RouteNotFound } from './errors.ts';
import { jsonBody } from './json-body.ts';
import { mount } from './mount.ts';
import { apiErrorOf, problemOf } from './problems.ts';
import { rateLimit } from './rate-limit.ts';
import { requestId } from './request-id.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { memberRoutes } from './routes/member-routes.ts';
import { organizationRoutes } from './routes/organization-routes.ts';
import { userRoutes } from './routes/user-routes.ts';
import { send } from './send.ts';

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

const EXPOSED_HEADERS = ['ETag', 'Location', 'Retry-After', 'X-Request-Id'];

/** The service over HTTP, as docs/http-api.md says. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.set('trust proxy', parts.trustProxy);

  app.use(requestId);
  if (parts.corsOrigins.length > 0) {
    app.use(cors({ origin: [...parts.corsOrigins], exposedHeaders: EXPOSED_HEADERS, maxAge: 600 }));
  }
  mount(app, healthRoutes(parts.health, parts.isDraining));

  const forCallers: RequestHandler[] = [privateToCaller, authenticate(parts.authenticator)];
  if (parts.rateLimitPerMinute > 0) forCallers.push(rateLimit(parts.rateLimitPerMinute));
  forCallers.push(jsonBody);
  mount(app, userRoutes(parts.service, parts.cursorSeal), ...forCallers);
  mount(app, organizationRoutes(parts.service), ...forCallers);
  mount(app, memberRoutes(parts.service, parts.cursorSeal), ...forCallers);

  app.use((request) => {
    throw new RouteNotFound(request.method, request.path);
  });
  app.use(answerError(parts));
  return app;
}

/** Browsers and proxies may keep an answer only to ask whether it still holds, and only for this caller. */
const privateToCaller: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'private, no-cache');
  response.vary('Authorization');
  next();
};

function authenticate(authenticator: Authenticator): RequestHandler {
  return async (request, response, next) => {
    response.locals['caller'] = await authenticator.authenticate(request.headers.authorization);
    next();
  };
}

function answerError({ authenticator, telemetry }: AppParts): ErrorRequestHandler {
  return (thrown, _request, response, _next) => {
    const id: string = response.locals['requestId'];
    const error = apiErrorOf(thrown);
    const { status, headers, body } = problemOf(error, id, authenticator.challenge);
    if (status >= 500) {
      telemetry.emit({ type: 'request_failed', requestId: id, code: error.code, error: thrown });
    }
    if (response.headersSent) response.destroy();
    else send(response, status, body, headers);
  };
}
