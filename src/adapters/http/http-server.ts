import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answerClientError } from './response/client-errors.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const SWEEP_MS = 50;

/** The listening socket and its life. */
export class HttpServer {
  readonly #server: Server;
  /** Each open connection, with the answers that are owed on it. */
  readonly #connections = new Map<Socket, Set<ServerResponse>>();
  #draining = false;

  /** @param createListener is told how to ask whether the server is stopping */
  constructor(createListener: (isDraining: () => boolean) => RequestListener) {
    const listener = createListener(() => this.#draining);
    const onRequest: RequestListener = (request, response) => {
      this.#owe(response, request.socket);
      if (this.#draining) response.setHeader('Connection', 'close');
      listener(request, response);
    };
    this.#server = createServer({
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: 1000,
      // The listener asks for it, and says so in a problem.
      requireHostHeader: false,
    });
    // All that fit into 16 KiB; Node would overlook those beyond 1,000.
    this.#server.maxHeadersCount = 0;
    this.#server.on('request', onRequest);
    this.#server.on('checkExpectation', onRequest);
    this.#server.on('connection', (socket) => {
      this.#connections.set(socket, new Set());
      socket.once('close', () => this.#connections.delete(socket));
    });
    this.#server.on('clientError', (error, socket: Socket) => {
      const owed = this.#connections.get(socket);
      // Once is enough, whatever still comes.
      this.#connections.delete(socket);
      if (owed !== undefined) void answerClientError(error, socket, [...owed]);
    });
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
    const sweep = setInterval(() => this.#closeIdle(), SWEEP_MS);
    await new Promise((resolve) => this.#server.close(resolve));
    clearTimeout(cutOff);
    clearInterval(sweep);
    return inTime;
  }

  #owe(response: ServerResponse, socket: Socket): void {
    const owed = this.#connections.get(socket);
    owed?.add(response);
    response.once('close', () => owed?.delete(response));
  }

  #closeIdle(): void {
    this.#server.closeIdleConnections();
    // Where nothing has ever arrived, Node does not count a connection as idle.
    for (const socket of this.#connections.keys()) if (socket.bytesRead === 0) socket.destroy();
  }
}
