import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START_MS = 10_000;

/** A real redis-server on a free port, with its data in a temporary folder. */
export class RedisServer {
  readonly port: number;
  readonly #folder = temporaryFolder();
  readonly #settings: readonly string[];
  #process: ChildProcess | undefined;

  /** @param settings command-line arguments: `--maxmemory-policy volatile-ttl` … */
  static async start(settings: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), settings);
    await server.start();
    return server;
  }

  private constructor(port: number, settings: readonly string[]) {
    this.port = port;
    this.#settings = settings;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Also restarts a killed server, on the same port and with its persisted data. */
  async start(): Promise<void> {
    const args = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--dir',
      this.#folder.path,
      '--save',
      '',
    ];
    const child = spawn('redis-server', [...args, ...this.#settings], { stdio: 'ignore' });
    this.#process = child;
    const failed = once(child, 'error').then(([error]) => {
      throw new Error(
        'redis-server cannot be started; install it: apt-get install redis-server (Debian), brew install redis (macOS)',
        { cause: error },
      );
    });
    try {
      await Promise.race([waitUntilReachable(this.port), failed]);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Kills the server like `kill -9`. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Suspends the process until `resume`. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }
  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.#end('SIGKILL');
    this.#folder.remove();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

async function waitUntilReachable(port: number): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    if (await pingOnce(port)) return;
    await delay(20);
  }
  throw new Error(`redis-server on port ${port} did not answer within ${START_MS} ms`);
}

function pingOnce(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      // A server that requires a password is reachable too.
      resolve(/^(\+PONG|-NOAUTH)/.test(data.toString()));
    });
    socket.once('error', () => resolve(false));
  });
}
