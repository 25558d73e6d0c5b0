import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { AccountService } from '../../../app/account-service.ts';
import { credentialsRequired } from '../../../domain/access/acting-user.ts';
import type { Caller } from '../../../domain/caller.ts';
import { PreconditionFailed } from '../errors.ts';
import { callerOf } from '../request/authenticate.ts';
import { idempotentRequest } from '../request/idempotent-request.ts';
import { parseRequest } from '../request/parse-request.ts';
import { changeAt, etagOf, ifMatch, isNotModified } from '../request/preconditions.ts';
import type { Reply } from '../response/reply.ts';
import { send } from '../response/send.ts';

/** A validated request. */
interface ParsedRequest<Path, Query, Body> {
  /** The service, for this request: idempotent if the request has an `Idempotency-Key`. */
  readonly accounts: AccountService;
  readonly caller: Caller;
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  /** The version that the record must have (`If-Match`); `undefined` = any. */
  readonly ifVersion: number | undefined;
}

interface Endpoint<Path, Query, Body> {
  /** Whether anonymous callers are allowed, if the authenticator accepts them. Default: no. */
  readonly allowAnonymous?: boolean;
  /** Default: no path parameters. */
  readonly path?: z.ZodType<Path>;
  /** Default: no query parameters. */
  readonly query?: z.ZodType<Query>;
  /** Default: the body is not read. */
  readonly body?: z.ZodType<Body>;
  /** Calls the service and returns the reply. */
  readonly handle: (request: ParsedRequest<Path, Query, Body>) => Promise<Reply>;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const NO_FIELDS = z.strictObject({});

/** Creates the request handler of an endpoint. */
export type EndpointFactory = <Path = unknown, Query = unknown, Body = unknown>(
  endpoint: Endpoint<Path, Query, Body>,
) => RequestHandler;

export function endpointFactory(service: AccountService): EndpointFactory {
  return (endpoint) => handlerOf(service, endpoint);
}

/** Validates the request, calls the service and sends the reply: everything in HTTP that all routes have in common. */
function handlerOf<Path, Query, Body>(
  service: AccountService,
  endpoint: Endpoint<Path, Query, Body>,
): RequestHandler {
  const {
    allowAnonymous = false,
    path = NO_FIELDS as unknown as z.ZodType<Path>,
    query = NO_FIELDS as unknown as z.ZodType<Query>,
    body,
    handle,
  } = endpoint;
  return async (request, response) => {
    const caller = callerOf(response);
    if (caller.type === 'anonymous' && !allowAnonymous) throw credentialsRequired();
    const parsed = { caller, ...(await parseRequest(request, { path, query, body })) };
    const versions = ifMatch(request.headers['if-match']);
    const idempotent = idempotentRequest(request, parsed);
    const accounts = idempotent === undefined ? service : service.withIdempotency(idempotent);
    const reply = await changeAt(versions, (ifVersion) => handle({ ...parsed, accounts, ifVersion }));
    const { status, body: answer, version, location } = reply;
    const isRead = version !== undefined && SAFE_METHODS.has(request.method);
    if (isRead && versions?.includes(version) === false) throw new PreconditionFailed();
    if (idempotent?.wasReplayed) response.setHeader('Idempotency-Replayed', 'true');
    if (location !== undefined) response.setHeader('Location', location);
    if (version !== undefined) response.setHeader('ETag', etagOf(version));
    if (isRead && isNotModified(request.headers['if-none-match'], version)) return send(response, 304);
    send(response, status, answer);
  };
}
