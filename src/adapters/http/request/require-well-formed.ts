import type { RequestHandler } from 'express';
import { quoted } from '../../../domain/invalid-value.ts';
import { InvalidRequest, MISSING } from '../errors.ts';

/** Rejects requests that Node would reject without a problem body, or would accept although they are not valid. */
export const requireWellFormed: RequestHandler = (request, _response, next) => {
  const { host, expect } = request.headers;
  if (host === undefined && request.httpVersion === '1.1') {
    throw new InvalidRequest([{ path: 'header.Host', message: MISSING }]);
  }
  if ((request.headersDistinct['host'] ?? []).length > 1) {
    throw new InvalidRequest([{ path: 'header.Host', message: 'must be given only once' }]);
  }
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw new InvalidRequest([
      { path: 'header.Expect', message: `must be 100-continue (given: ${quoted(expect)})` },
    ]);
  }
  next();
};
