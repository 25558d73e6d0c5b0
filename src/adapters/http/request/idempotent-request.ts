import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { IdempotentRequest } from '../../../app/freshness/idempotent-request.ts';
import type { Caller } from '../../../domain/caller.ts';
import { InvalidRequest } from '../errors.ts';

const UNSAFE_METHODS: ReadonlySet<string> = new Set(['POST', 'PATCH', 'DELETE']);
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The idempotent request of a write with an `Idempotency-Key`; otherwise `undefined`.
 * @param parsed the validated request, so that differences of notation do not matter
 * @throws {InvalidRequest}
 */
export function idempotentRequest(
  request: Request,
  parsed: { readonly caller: Caller; readonly path: unknown; readonly body: unknown },
): IdempotentRequest | undefined {
  const key = request.get('Idempotency-Key');
  if (key === undefined || !UNSAFE_METHODS.has(request.method)) return undefined;
  if (!KEY.test(key)) {
    const message = 'must be 1 to 255 visible ASCII characters';
    throw new InvalidRequest([{ path: 'header.Idempotency-Key', message }]);
  }
  const { path, body } = parsed;
  const text = JSON.stringify([request.method, request.route?.path, path, body]);
  const fingerprint = createHash('sha256').update(text).digest('base64url');
  return new IdempotentRequest({ caller: parsed.caller, key, fingerprint });
}
