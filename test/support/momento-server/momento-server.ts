import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { SystemClock } from '../../../src/adapters/system/system-clock.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { MomentoCaches, MomentoRpcError } from './momento-caches.ts';
import { type MomentoFault, MomentoFaults } from './momento-fault.ts';
import type { MomentoRequest } from './momento-request.ts';
import { addMomentoServices, type MomentoCall } from './momento-services.ts';

export interface MomentoServerOptions {
  /** Absent = any free port. */
  readonly port?: number;
  /** The initial caches. */
  readonly caches?: readonly string[];
  /** The clock for the expiry of items. */
  readonly clock?: Clock;
}

/**
 * A test double of Momento: speaks its gRPC protocol on 127.0.0.1, without TLS, to the unmodified SDK. `stop` simulates
 * an outage, so the caches keep their items.
 */
export class MomentoServer {
  /** The requests received so far. */
  readonly requests: MomentoRequest[] = [];
  /** The requests that their callers cancelled before the response. */
  readonly cancelled = new Set<MomentoRequest>();
  readonly #caches: MomentoCaches;
  readonly #faults = new MomentoFaults();
  readonly #sockets = new Map<string, Socket>();
  readonly #listener = createServer((socket) => this.#accept(socket));
  readonly #connections;
  readonly #watchers = new Set<() => void>();
  #held: (() => void)[] = [];
  #port: number;

  static async start(options: MomentoServerOptions = {}): Promise<MomentoServer> {
    const server = new MomentoServer(options);
    await server.start();
    return server;
  }

  private constructor({ port = 0, caches = ['rollcall'], clock = new SystemClock() }: MomentoServerOptions) {
    this.#port = port;
    this.#caches = new MomentoCaches(() => clock.monotonic());
    for (const name of caches) this.#caches.create(name);
    const grpc = new Server({ 'grpc.max_receive_message_length': -1 });
    addMomentoServices(grpc, this.#caches, (call) => this.#handle(call));
    this.#connections = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  }

  get port(): number {
    return this.#port;
  }

  get caches(): readonly string[] {
    return this.#caches.names;
  }

  /** The number of open connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** The current value of a key. */
  storedValue(key: string, cache = 'rollcall'): string | undefined {
    return this.#caches.get(cache, Buffer.from(key))?.toString();
  }

  /** Adds a rule; earlier rules have precedence. */
  fault(fault: MomentoFault): void {
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Applies all held requests. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const deliver of held) deliver();
  }

  /** Waits for a number of matching requests, which includes earlier ones. */
  async waitForRequests(matches: (request: MomentoRequest) => boolean, times = 1): Promise<void> {
    await this.#waitUntil(() => this.requests.filter(matches).length >= times);
  }

  /** Waits until a number of requests has been cancelled by their callers. */
  async waitForCancellations(times: number): Promise<void> {
    await this.#waitUntil(() => this.cancelled.size >= times);
  }

  /** Resets every connection. */
  reset(): void {
    for (const socket of this.#sockets.values()) socket.resetAndDestroy();
  }

  /** Also restarts a stopped server, on the same port. */
  async start(): Promise<void> {
    this.#listener.listen(this.#port, '127.0.0.1');
    await once(this.#listener, 'listening');
    this.#port = (this.#listener.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = once(this.#listener, 'close');
    this.#listener.close();
    for (const socket of this.#sockets.values()) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#sockets.set(peer, socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(peer));
    this.#connections.injectConnection(socket);
  }

  #handle(call: MomentoCall): void {
    this.requests.push(call.request);
    call.onCancelled(() => {
      this.cancelled.add(call.request);
      this.#notifyWatchers();
    });
    this.#notifyWatchers();
    const outcome = this.#faults.outcomeFor(call.request);
    const serve = (): void => call.apply()();
    if (outcome === undefined) serve();
    else if (typeof outcome === 'object' && 'delayMs' in outcome) setTimeout(serve, outcome.delayMs);
    else if (typeof outcome === 'object') {
      call.reject(new MomentoRpcError(outcome.status, 'injected fault', outcome.err));
    } else if (outcome === 'hold') this.#held.push(serve);
    else {
      if (outcome === 'reset-after-apply' || outcome === 'drop-response') call.apply();
      if (outcome.startsWith('reset')) this.#sockets.get(call.peer)?.resetAndDestroy();
    }
  }

  async #waitUntil(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((notify) => this.#watchers.add(notify));
  }

  #notifyWatchers(): void {
    for (const notify of this.#watchers) notify();
    this.#watchers.clear();
  }
}
