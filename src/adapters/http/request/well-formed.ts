import type { RequestHandler } from 'express';
import { InvalidRequest } from '../errors.ts';

/** What Node would answer by itself, without a problem that says why, or not mind at all. */
export const wellFormed: RequestHandler = (request, _response, next) => {
  const { host, expect } = request.headers;
  if (host === undefined && request.httpVersion === '1.1') {
    throw new InvalidRequest([{ path: 'header.Host', message: 'HTTP/1.1 needs one' }]);
  }
  if ((request.headersDistinct['host'] ?? []).length > 1) {
    throw new InvalidRequest([{ path: 'header.Host', message: 'there can be only one' }]);
  }
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw new InvalidRequest([{ path: 'header.Expect', message: 'only 100-continue can be expected' }]);
  }
  next();
};
