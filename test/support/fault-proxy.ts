import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * - `pass`: forwards everything
 * - `blackhole`: accepts connections, and forwards nothing
 * - `drop-responses`: forwards requests, which the server applies, but no responses
 * - `hold-requests`: forwards requests only when the mode changes
 */
export type Mode = 'pass' | 'blackhole' | 'drop-responses' | 'hold-requests';

/** A TCP proxy to a server on 127.0.0.1 that simulates network faults. */
export class FaultProxy {
  /** All bytes that clients have sent, as text. */
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
        if (this.#mode === 'pass' || this.#mode === 'drop-responses') target.write(bytes);
        else if (this.#mode === 'hold-requests') this.#held.push(() => target.write(bytes));
      });
      target.on('data', (bytes) => {
        if (this.#mode === 'pass') client.write(bytes);
      });
      // Held requests reach the server even if the client has closed the connection.
      client.on('close', () => {
        if (this.#mode !== 'hold-requests') target.destroy();
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
