import { randomUUID } from 'node:crypto';
import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { type ApiError, HeadersTooLarge, InvalidRequest, RequestTimeout } from './errors.ts';
import { problemOf } from './problems.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** The listening socket and its life. */
export class HttpServer {
  readonly #server: Server;
  #draining = false;

  constructor(createApp: (isDraining: () => boolean) => Express) {
    const app = createApp(() => this.#draining);
    this.#server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        connectionsCheckingInterval: 1000,
      },
      (request, response) => {
        if (this.#draining) response.setHeader('Connection', 'close');
        app(request, response);
      },
    );
    this.#server.on('clientError', answerClientError);
  }

  /** Listens, and says where: `http://HOST:PORT`. Rejects with Node's error where it cannot (`EADDRINUSE` …). */
  async listen(host: string, port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const { address, port: bound, family } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
  }

  /** Stops accepting and waits until what is in flight is answered; `false` = after `timeoutMs` the rest was cut off. */
  async drain(timeoutMs: number): Promise<boolean> {
    this.#draining = true;
    let inTime = true;
    const cutOff = setTimeout(() => {
      inTime = false;
      this.#server.closeAllConnections();
    }, timeoutMs);
    // Connections that are kept alive become idle one by one, as they are answered.
    const sweep = setInterval(() => this.#server.closeIdleConnections(), 50);
    await new Promise((resolve) => this.#server.close(resolve));
    clearTimeout(cutOff);
    clearInterval(sweep);
    return inTime;
  }
}

/** What is so broken, large or slow that it never becomes a request is answered all the same. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
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
