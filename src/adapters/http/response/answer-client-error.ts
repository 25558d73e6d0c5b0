import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ApiError, HeadersTooLarge, InvalidRequest, RequestTimeout } from '../errors.ts';
import { REQUEST_ID_HEADER } from '../request/request-id.ts';
import { drain } from './drain.ts';
import { problemOf } from './problems.ts';

/**
 * Answers data that is too malformed, large or slow to become a request, and closes the connection.
 * @param pending the unfinished responses on the connection; those to complete requests are sent first
 */
export async function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  pending: readonly ServerResponse[],
): Promise<void> {
  const complete = pending.filter(({ req }) => req.complete);
  const isAnswered = pending.some(({ req, headersSent }) => !req.complete && headersSent);
  await Promise.all(complete.map((response) => once(response, 'close')));
  if (socket.writable) socket.end(isAnswered ? '' : messageOf(error));
  await drain(socket);
  socket.destroy();
}

function messageOf(error: NodeJS.ErrnoException): string {
  const requestId = randomUUID();
  const { status, headers, body } = problemOf(clientErrorOf(error), requestId, '');
  const text = JSON.stringify(body);
  const head = {
    ...headers,
    'Content-Length': Buffer.byteLength(text),
    [REQUEST_ID_HEADER]: requestId,
    Connection: 'close',
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${text}`;
}

function clientErrorOf({ code }: NodeJS.ErrnoException): ApiError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new HeadersTooLarge('The headers are larger than the maximum of 16 KiB.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RequestTimeout('The request was not received completely in time.');
    default:
      return new InvalidRequest([{ path: '', message: 'the request is not valid HTTP/1.1' }]);
  }
}
