import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ApiError, HeadersTooLarge, InvalidRequest, RequestTimeout } from '../errors.ts';
import { REQUEST_ID_HEADER } from '../request/request-id.ts';
import { drain } from './drain.ts';
import { problemOf } from './problems.ts';

/**
 * Answers what is so broken, large or slow that it never becomes a request, and closes the connection.
 * @param owed the answers that have not ended on the same connection; those to requests that came whole go first
 */
export async function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  owed: readonly ServerResponse[],
): Promise<void> {
  const whole = owed.filter(({ req }) => req.complete);
  const isAnswered = owed.some(({ req, headersSent }) => !req.complete && headersSent);
  await Promise.all(whole.map((response) => once(response, 'close')));
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
      return new HeadersTooLarge('The headers are larger than 16 KiB.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RequestTimeout('The request did not arrive in time.');
    default:
      return new InvalidRequest([{ path: '', message: 'this is not HTTP/1.1' }]);
  }
}
