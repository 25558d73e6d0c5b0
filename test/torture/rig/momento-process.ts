import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.ts';

const MAIN = fileURLToPath(new URL('../../support/momento-server/main.ts', import.meta.url));
const START_MS = 20_000;

/** The wire double of Momento in a process of its own. Whatever it held is gone when it has been killed. */
export class MomentoProcess {
  readonly port: number;
  #process: ChildProcess | undefined;

  static async start(): Promise<MomentoProcess> {
    const server = new MomentoProcess(await freePort());
    await server.start();
    return server;
  }

  private constructor(port: number) {
    this.port = port;
  }

  /** Starts it (again) on its port, empty. */
  async start(): Promise<void> {
    const args = ['--import', import.meta.resolve('tsx/esm'), MAIN, '--port', String(this.port)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
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

  stop(): Promise<void> {
    return this.kill();
  }
}
