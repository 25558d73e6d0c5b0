import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What happens to the bytes that a client sends:
 * - pass: forwarded
 * - lose: dropped, and the client's connection is reset
 * - hold: held with all following bytes until `deliver` is called, even if the client closes the connection
 * - deaf: forwarded, but the client receives neither answers nor the end of the connection
 * - break: forwarded; the client's connection is reset when the server is ready for the next query
 * - ignore: dropped; the connection stays open
 */
export type Fate = 'pass' | 'lose' | 'hold' | 'deaf' | 'break' | 'ignore';

/** Matches the end of a change: the deadline check and COMMIT. */
export const isCommit = (bytes: string): boolean => bytes.includes('assert_not_after');
/** Matches the opening statements of a change, which take its locks. */
export const isOpening = (bytes: string): boolean => bytes.includes('pg_current_xact_id');

/** ReadyForQuery outside a transaction. */
const READY_FOR_QUERY = 'Z\0\0\0\x05I';

interface Connection {
  readonly client: Socket;
  fate: Fate;
}

/** A proxy to a PostgreSQL server on 127.0.0.1 that injects faults, selected by the bytes sent. */
export class WireProxy {
  /** Selects the fate of each chunk that a client sends. */
  fateOf: (bytes: string) => Fate = () => 'pass';
  /** Whether new connections are closed immediately. */
  isClosed = false;
  /** The port on 127.0.0.1 to which new connections are forwarded. */
  target: number;
  /** The latency in each direction. */
  delayMs = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Connection>();
  #held: (() => void)[] = [];

  static async to(targetPort: number): Promise<WireProxy> {
    const proxy = new WireProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(targetPort: number) {
    this.target = targetPort;
    this.#server = createServer((client) => {
      this.#track(client);
      if (this.isClosed) client.destroy();
      else this.#join(client, connect(this.target, '127.0.0.1'));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The number of connected clients. */
  get open(): number {
    return this.#connections.size;
  }

  /** The number of held requests. */
  get held(): number {
    return this.#held.length;
  }

  /** Forwards the held requests in their order. */
  deliver(): void {
    for (const forward of this.#held.splice(0)) forward();
  }

  /** Makes all open connections drop everything that clients send from now on, without closing them. */
  freeze(): void {
    for (const connection of this.#connections) connection.fate = 'ignore';
  }

  /** Resets the client connections with held requests. `deliver` still forwards these requests. */
  hangUp(): void {
    for (const { fate, client } of this.#connections) if (fate === 'hold') client.resetAndDestroy();
  }

  /** Resets every connection. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, target: Socket): void {
    this.#track(target);
    const connection: Connection = { client, fate: 'pass' };
    this.#connections.add(connection);
    const later = (work: () => void) => (this.delayMs === 0 ? work() : setTimeout(work, this.delayMs));
    client.on('data', (bytes) => {
      if (connection.fate === 'pass') connection.fate = this.fateOf(bytes.toString('latin1'));
      const send = () => later(() => target.write(bytes));
      if (connection.fate === 'hold') this.#held.push(send);
      else if (connection.fate === 'lose') client.resetAndDestroy();
      else if (connection.fate !== 'ignore') send();
    });
    target.on('data', (bytes) => {
      if (connection.fate !== 'break' && connection.fate !== 'deaf') later(() => client.write(bytes));
      else if (connection.fate === 'break' && bytes.includes(READY_FOR_QUERY, 0, 'latin1'))
        client.resetAndDestroy();
    });
    client.on('close', () => {
      this.#connections.delete(connection);
      if (connection.fate === 'hold') this.#held.push(() => later(() => target.end()));
      else target.destroy();
    });
    target.on('close', () => {
      if (connection.fate !== 'deaf' && connection.fate !== 'ignore') client.destroy();
    });
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
