import type { Request } from 'express';
import type { z } from 'zod';
import { type FieldError, InvalidRequest } from '../errors.ts';
import { fieldErrorsOf } from './field-errors.ts';
import { readJsonBody } from './json-body.ts';

export interface RequestSchemas<Path, Query, Body> {
  readonly path: z.ZodType<Path>;
  readonly query: z.ZodType<Query>;
  /** `undefined` = the body is not read. */
  readonly body: z.ZodType<Body> | undefined;
}

/** Validates all parts of a request. @throws {InvalidRequest} with the errors of all parts together */
export async function parseRequest<Path, Query, Body>(
  request: Request,
  { path, query, body }: RequestSchemas<Path, Query, Body>,
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

/** Appends errors to `fieldErrors`. The result is valid only if there are none. */
function parse<T>(schema: z.ZodType<T>, given: unknown, prefix: string, fieldErrors: FieldError[]): T {
  const parsed = schema.safeParse(given, { reportInput: true });
  if (parsed.success) return parsed.data;
  fieldErrors.push(...fieldErrorsOf(schema, parsed.error, prefix));
  return undefined as T;
}
