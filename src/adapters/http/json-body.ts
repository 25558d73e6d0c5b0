import { isUtf8 } from 'node:buffer';
import express, { type RequestHandler } from 'express';

/** Reads JSON bodies: objects and arrays in UTF-8, not compressed, up to 64 KiB. */
export const jsonBody: RequestHandler = express.json({
  limit: '64kb',
  inflate: false,
  strict: true,
  verify: (_request, _response, bytes) => {
    if (!isUtf8(bytes)) throw new Error('it is not UTF-8');
  },
});
