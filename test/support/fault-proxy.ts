import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * How the bytes of a connection fare:
 * - pass: as they should
 * - black hole: accepted, and never heard of again
 * - deaf: requests arrive and are applied, their answers are dropped
 * - late: requests are held back, and arrive when the mode changes
 */
export type Mode = 'pass' | 'black hole' | 'deaf' | 'late';

/** Stands between a client and a server on 127.0.0.1 and does to their bytes what a bad network does. */
export class FaultProxy {
  /** What clients have sent in all, as it went over the wire. */
  sent = '';
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #mode: Mode = 'pass';
  #held: (() => void)[] = [];

  static async to(targetPort: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(targetPort: number) {
    this.#server = createServer((client) => {
      const target = connect(targetPort, '127.0.0.1');
      for (const socket of [client, target]) this.#track(socket);
      client.on('data', (bytes) => {
        this.sent += bytes.toString();
        if (this.#mode === 'pass' || this.#mode === 'deaf') target.write(bytes);
        else if (this.#mode === 'late') this.#held.push(() => target.write(bytes));
      });
      target.on('data', (bytes) => {
        if (this.#mode === 'pass') client.write(bytes);
      });
      // What is held back still arrives when the client has given up.
      client.on('close', () => {
        if (this.#mode !== 'late') target.destroy();
      });
      target.on('close', () => client.destroy());
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  set mode(mode: Mode) {
    this.#mode = mode;
    const held = this.#held;
    this.#held = [];
    for (const deliver of held) deliver();
  }

  /** Resets every connection. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
