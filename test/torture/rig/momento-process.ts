import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.ts';

const MAIN = fileURLToPath(new URL('../../support/momento-server/main.ts', import.meta.url));
const START_MS = 20_000;

/** The wire double of Momento in a process of its own. Whatever it held is gone when it has been killed. */
export class MomentoProcess {
  readonly port: number;
  readonly #abandon = () => void this.#process?.kill('SIGKILL');
  #process: ChildProcess | undefined;

  static async start(): Promise<MomentoProcess> {
    const server = new MomentoProcess(await freePort());
    // It takes a second, in which this process may be ended.
    process.once('exit', server.#abandon);
    await server.start();
    return server;
  }

  private constructor(port: number) {
    this.port = port;
  }

  /** Starts it (again) on its port, empty. */
  async start(): Promise<void> {
    const args = ['--import', import.meta.resolve('tsx/esm'), MAIN, '--port', String(this.port)];
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = child;
    // It says that it listens.
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
    process.off('exit', this.#abandon);
  }
}
