import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.ts';

const MAIN = fileURLToPath(new URL('../../support/momento-server/main.ts', import.meta.url));
const START_MS = 20_000;

/** The Momento test double in a separate process. Killing it clears the cache. */
export class MomentoProcess {
  readonly port: number;
  readonly #killOnExit = () => void this.#process?.kill('SIGKILL');
  #process: ChildProcess | undefined;

  static async start(): Promise<MomentoProcess> {
    const server = new MomentoProcess(await freePort());
    // Registered first: this process may exit while the server is starting.
    process.once('exit', server.#killOnExit);
    await server.start();
    return server;
  }

  private constructor(port: number) {
    this.port = port;
  }

  /** Starts or restarts the server on its port with an empty cache. */
  async start(): Promise<void> {
    const args = ['--import', import.meta.resolve('tsx/esm'), MAIN, '--port', String(this.port)];
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = child;
    // The server prints a line when it is ready.
    await once(child.stdout, 'data', { signal: AbortSignal.timeout(START_MS) });
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    process.off('exit', this.#killOnExit);
  }
}
