import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ApiError, HeadersTooLarge, InvalidRequest, RequestTimeout } from './errors.ts';
import { problemOf } from './problems.ts';

/**
 * Answers what is so broken, large or slow that it never becomes a request, and closes the connection.
 * @param owed the answers to complete requests that came before it on the same connection; they go first
 */
export async function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  owed: readonly ServerResponse[],
): Promise<void> {
  await Promise.all(owed.map((response) => once(response, 'close')));
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, headers, body } = problemOf(clientErrorOf(error), randomUUID(), '');
  const text = JSON.stringify(body);
  const head = Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(text), Connection: 'close' });
  const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${text}`);
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
