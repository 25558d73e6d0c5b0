import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * How the bytes that a client sends fare:
 * - pass: as they should
 * - lose: they never arrive, and the connection breaks
 * - hold: they, and whatever follows them, arrive when `deliver` is called, whatever the client does meanwhile
 * - deaf: they arrive; no answer on this connection ever does, nor does its end
 * - break: they arrive; the connection breaks when the server has done everything
 * - ignore: they never arrive, and nothing else happens
 */
export type Fate = 'pass' | 'lose' | 'hold' | 'deaf' | 'break' | 'ignore';

/** What ends a change: the deadline is compared, then comes COMMIT. */
export const isCommit = (bytes: string): boolean => bytes.includes('assert_not_after');
/** What begins a change and takes its locks. */
export const isOpening = (bytes: string): boolean => bytes.includes('pg_current_xact_id');

/** ReadyForQuery, outside of a transaction. */
const IS_DONE = 'Z\0\0\0\x05I';

interface Connection {
  readonly client: Socket;
  fate: Fate;
}

/** Stands between a client and a server on 127.0.0.1, and decides by what is sent how it fares. */
export class WireProxy {
  /** Asked for everything that a client sends. */
  fateOf: (bytes: string) => Fate = () => 'pass';
  /** Whether new connections break at once. */
  isClosed = false;
  /** The port on 127.0.0.1 that new connections reach. */
  target: number;
  /** How long everything takes on its way, in each direction. */
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

  /** How many clients are connected. */
  get open(): number {
    return this.#connections.size;
  }

  /** How many requests are being held. */
  get held(): number {
    return this.#held.length;
  }

  /** Lets arrive what was held, in its order. */
  deliver(): void {
    for (const one of this.#held.splice(0)) one();
  }

  /** Whatever is connected now goes silent for good, and nobody is told. */
  freeze(): void {
    for (const connection of this.#connections) connection.fate = 'ignore';
  }

  /** Resets the connections on which requests are held: those arrive all the same, when they are delivered. */
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
      else if (connection.fate === 'break' && bytes.includes(IS_DONE, 0, 'latin1')) client.resetAndDestroy();
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
