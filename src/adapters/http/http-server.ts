import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answerClientError } from './response/answer-client-error.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const IDLE_CHECK_INTERVAL_MS = 50;

/** The listening socket and its connections. */
export class HttpServer {
  readonly #server: Server;
  /** The open connections, each with its unfinished responses. */
  readonly #connections = new Map<Socket, Set<ServerResponse>>();
  #draining = false;

  /** @param createListener gets a function that returns whether the server is stopping */
  constructor(createListener: (isDraining: () => boolean) => RequestListener) {
    const listener = createListener(() => this.#draining);
    const onRequest: RequestListener = (request, response) => {
      this.#trackResponse(response, request.socket);
      if (this.#draining) response.setHeader('Connection', 'close');
      listener(request, response);
    };
    this.#server = createServer({
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: 1000,
      // The listener checks it and answers with a problem.
      requireHostHeader: false,
    });
    // Unlimited, within 16 KiB: Node would ignore headers beyond the configured number.
    this.#server.maxHeadersCount = 0;
    this.#server.on('request', onRequest);
    this.#server.on('checkExpectation', onRequest);
    this.#server.on('connection', (socket) => {
      this.#connections.set(socket, new Set());
      socket.once('close', () => this.#connections.delete(socket));
    });
    this.#server.on('clientError', (error, socket: Socket) => {
      const pending = this.#connections.get(socket);
      // Later errors on the same connection are ignored.
      this.#connections.delete(socket);
      if (pending !== undefined) void answerClientError(error, socket, [...pending]);
    });
  }

  /** @returns the URL `http://HOST:PORT`. Rejects with Node's error if it cannot listen (`EADDRINUSE` …). */
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

  /** Stops accepting connections and finishes the requests in flight; `false` = the rest was cut off after `timeoutMs`. */
  async drain(timeoutMs: number): Promise<boolean> {
    this.#draining = true;
    let inTime = true;
    const cutOff = setTimeout(() => {
      inTime = false;
      this.#server.closeAllConnections();
    }, timeoutMs);
    // Keep-alive connections become idle one by one, as their requests are answered.
    const idleCheck = setInterval(() => this.#closeIdle(), IDLE_CHECK_INTERVAL_MS);
    await new Promise((resolve) => this.#server.close(resolve));
    clearTimeout(cutOff);
    clearInterval(idleCheck);
    return inTime;
  }

  #trackResponse(response: ServerResponse, socket: Socket): void {
    const pending = this.#connections.get(socket);
    pending?.add(response);
    response.once('close', () => pending?.delete(response));
  }

  #closeIdle(): void {
    this.#server.closeIdleConnections();
    // Node does not count a connection as idle on which nothing was ever received.
    for (const socket of this.#connections.keys()) if (socket.bytesRead === 0) socket.destroy();
  }
}
