import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { SystemClock } from '../../../src/adapters/system/system-clock.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { MomentoCaches, MomentoRefusal } from './momento-caches.ts';
import { type MomentoFault, MomentoFaults } from './momento-fault.ts';
import type { MomentoRequest } from './momento-request.ts';
import { addMomentoServices, type MomentoCall } from './momento-services.ts';

export interface MomentoServerOptions {
  /** Absent = one that is free. */
  readonly port?: number;
  /** The caches that there are at first. */
  readonly caches?: readonly string[];
  /** By whose `monotonic` items expire. */
  readonly clock?: Clock;
}

/**
 * Speaks Momento's gRPC protocol on 127.0.0.1, without TLS, to the unmodified SDK. Its caches outlive `stop`:
 * that is an outage, as seen from here, not a loss of data.
 */
export class MomentoServer {
  /** What has arrived, in order. */
  readonly requests: MomentoRequest[] = [];
  /** Those whose callers gave them up before they were answered. */
  readonly abandoned = new Set<MomentoRequest>();
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

  /** How many are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** What stands under a key now. */
  peek(key: string, cache = 'rollcall'): string | undefined {
    return this.#caches.get(cache, Buffer.from(key))?.toString();
  }

  /** Adds a rule. Those that came before it go first. */
  fault(fault: MomentoFault): void {
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Lets what was held back land. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const land of held) land();
  }

  /** Settles once so many requests that fit have arrived, earlier ones included. */
  async arrival(fits: (request: MomentoRequest) => boolean, times = 1): Promise<void> {
    await this.#until(() => this.requests.filter(fits).length >= times);
  }

  /** Settles once the callers of so many requests have given them up. */
  async abandonment(times: number): Promise<void> {
    await this.#until(() => this.abandoned.size >= times);
  }

  /** Resets every connection. */
  reset(): void {
    for (const socket of this.#sockets.values()) socket.resetAndDestroy();
  }

  /** Listens (again) on its port. */
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
    call.onAbandoned(() => {
      this.abandoned.add(call.request);
      this.#tellWatchers();
    });
    this.#tellWatchers();
    const ending = this.#faults.endingOf(call.request);
    const serve = (): void => call.apply()();
    if (ending === undefined) serve();
    else if (typeof ending === 'object' && 'delayMs' in ending) setTimeout(serve, ending.delayMs);
    else if (typeof ending === 'object') {
      call.refuse(new MomentoRefusal(ending.status, 'refused on purpose', ending.err));
    } else if (ending === 'late') this.#held.push(serve);
    else {
      if (ending === 'lost' || ending === 'mute') call.apply();
      if (ending === 'lost' || ending === 'reset') this.#sockets.get(call.peer)?.resetAndDestroy();
    }
  }

  async #until(so: () => boolean): Promise<void> {
    while (!so()) await new Promise<void>((told) => this.#watchers.add(told));
  }

  #tellWatchers(): void {
    for (const told of this.#watchers) told();
    this.#watchers.clear();
  }
}
