import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { IdempotentRequest } from '../../../app/freshness/idempotent-request.ts';
import type { Caller } from '../../../domain/caller.ts';
import { InvalidRequest } from '../errors.ts';

const CHANGING: ReadonlySet<string> = new Set(['POST', 'PATCH', 'DELETE']);
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The request as one that may be repeated, where it changes something and has an `Idempotency-Key`.
 * @param asked as the schemas read it, so that it does not matter how it was written
 * @throws {InvalidRequest}
 */
export function idempotentRequest(
  request: Request,
  asked: { readonly caller: Caller; readonly path: unknown; readonly body: unknown },
): IdempotentRequest | undefined {
  const key = request.get('Idempotency-Key');
  if (key === undefined || !CHANGING.has(request.method)) return undefined;
  if (!KEY.test(key)) {
    const message = 'must be 1 to 255 visible ASCII characters';
    throw new InvalidRequest([{ path: 'header.Idempotency-Key', message }]);
  }
  const { path, body } = asked;
  const text = JSON.stringify([request.method, request.route?.path, path, body]);
  const fingerprint = createHash('sha256').update(text).digest('base64url');
  return new IdempotentRequest({ caller: asked.caller, key, fingerprint });
}
