import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { AccountService } from '../../../app/account-service.ts';
import type { Caller } from '../../../domain/caller.ts';
import { Unauthenticated } from '../../../domain/errors.ts';
import { excerpt } from '../../../domain/invalid-value.ts';
import { type FieldError, InvalidRequest, PreconditionFailed } from '../errors.ts';
import { callerOf } from '../request/authenticate.ts';
import { idempotentRequest } from '../request/idempotency.ts';
import { readJsonBody } from '../request/json-body.ts';
import { changeAt, etagOf, ifMatch, isNotModified } from '../request/preconditions.ts';
import type { Reply } from '../response/reply.ts';
import { send } from '../response/send.ts';

/** A request that was read: every part has passed its schema. */
interface ParsedRequest<Path, Query, Body> {
  /** The service, for this request. */
  readonly accounts: AccountService;
  readonly caller: Caller;
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  /** The version that the record must have, where the client insists on one (`If-Match`). */
  readonly ifVersion: number | undefined;
}

interface Endpoint<Path, Query, Body> {
  /** Whether those may ask who say nothing about themselves, where the authenticator lets them. */
  readonly open?: boolean;
  readonly path?: z.ZodType<Path>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** Calls the service and says what to answer. */
  readonly handle: (request: ParsedRequest<Path, Query, Body>) => Promise<Reply>;
}

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const NOTHING = z.strictObject({});

/** Makes handlers of requests to a service. */
export type EndpointFactory = <Path = unknown, Query = unknown, Body = unknown>(
  endpoint: Endpoint<Path, Query, Body>,
) => RequestHandler;

export function endpointFactory(service: AccountService): EndpointFactory {
  return (endpoint) => handlerOf(service, endpoint);
}

/** Parse, call the service, present. All of HTTP that every route has in common is here. */
function handlerOf<Path, Query, Body>(
  service: AccountService,
  endpoint: Endpoint<Path, Query, Body>,
): RequestHandler {
  const {
    open = false,
    path = NOTHING as unknown as z.ZodType<Path>,
    query = NOTHING as unknown as z.ZodType<Query>,
    body,
    handle,
  } = endpoint;
  return async (request, response) => {
    const caller = callerOf(response);
    if (caller.type === 'anonymous' && !open) throw new Unauthenticated('This needs credentials.');
    const parsed = { caller, ...(await parseAll(request, path, query, body)) };
    const versions = ifMatch(request.headers['if-match']);
    const idempotent = idempotentRequest(request, parsed);
    const accounts = idempotent === undefined ? service : service.withIdempotency(idempotent);
    const reply = await changeAt(versions, (ifVersion) => handle({ ...parsed, accounts, ifVersion }));
    const { status, body: answer, version, location } = reply;
    const isRead = version !== undefined && READING.has(request.method);
    if (isRead && versions?.includes(version) === false) throw new PreconditionFailed();
    if (idempotent?.wasReplayed) response.setHeader('Idempotency-Replayed', 'true');
    if (location !== undefined) response.setHeader('Location', location);
    if (version !== undefined) response.setHeader('ETag', etagOf(version));
    if (isRead && isNotModified(request.headers['if-none-match'], version)) return send(response, 304);
    send(response, status, answer);
  };
}

async function parseAll<Path, Query, Body>(
  request: Request,
  path: z.ZodType<Path>,
  query: z.ZodType<Query>,
  body: z.ZodType<Body> | undefined,
): Promise<{ path: Path; query: Query; body: Body }> {
  const given = body === undefined ? undefined : await readJsonBody(request);
  const fieldErrors: FieldError[] = [];
  const parsed = {
    path: parse(path, request.params, 'path.', fieldErrors),
    query: parse(query, request.query, 'query.', fieldErrors),
    body:
      body === undefined
        ? (undefined as Body)
        : parse(body, given === undefined ? {} : given, '', fieldErrors),
  };
  if (fieldErrors.length > 0) throw new InvalidRequest(fieldErrors);
  return parsed;
}

/** What does not pass is added to `fieldErrors`; the value returned counts only while there are none. */
function parse<T>(schema: z.ZodType<T>, given: unknown, prefix: string, fieldErrors: FieldError[]): T {
  const parsed = schema.safeParse(given, { reportInput: true });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    if (issue.code === 'unrecognized_keys') {
      const allowed = fieldsAt(schema, issue.path);
      for (const key of issue.keys) {
        fieldErrors.push({
          path: prefix + [...issue.path, excerpt(key)].join('.'),
          message: `unknown field; ${allowed.length > 0 ? `allowed: ${allowed.join(', ')}` : 'none is allowed'}`,
        });
      }
    } else {
      fieldErrors.push({ path: prefix + issue.path.join('.'), message: messageOf(issue) });
    }
  }
  return undefined as T;
}

/** The fields of the object that a schema has at a place. */
function fieldsAt(schema: unknown, [step, ...further]: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodArray) return fieldsAt(schema.element, further);
  if (!(schema instanceof z.ZodObject)) return [];
  return step === undefined ? Object.keys(schema.shape) : fieldsAt(schema.shape[String(step)], further);
}

function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'custom' ? issue.message : `${issue.message} (given: ${shown(issue.input)})`;
}

/** A value as a message shows it: only the beginning of text, and nothing of what is inside an array or object. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return excerpt(JSON.stringify(value));
}
