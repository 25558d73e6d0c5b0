import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from './free-port.ts';
import { handOver, unprivileged } from './postgres-binaries.ts';
import { type PostgresServer, SERVICE } from './postgres-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START_MS = 20_000;

/** Writes a file to the pooler's folder. @returns its path */
type Write = (name: string, text: string) => string;

interface PoolerProgram {
  readonly command: 'pgbouncer' | 'pgpool';
  /** The packages of Debian and Homebrew that contain it. */
  readonly packages: readonly [debian: string, homebrew: string];
  readonly args: (port: number, folder: string, write: Write) => readonly string[];
}

/** A real connection pooler in front of PostgreSQL, on a free port. */
export class PostgresPooler {
  readonly port: number;
  readonly #program: PoolerProgram;
  readonly #folder = temporaryFolder();
  readonly #abandon = () => {
    this.#signal('SIGKILL');
    this.#folder.remove();
  };
  #process: ChildProcess | undefined;

  /** @throws if the program is not installed, with the installation command */
  static async start(program: PoolerProgram, server: PostgresServer): Promise<PostgresPooler> {
    const pooler = new PostgresPooler(await freePort(), program);
    process.once('exit', pooler.#abandon);
    try {
      await pooler.#start(server);
    } catch (error) {
      await pooler.stop();
      throw error;
    }
    return pooler;
  }

  private constructor(port: number, program: PoolerProgram) {
    this.port = port;
    this.#program = program;
  }

  async stop(): Promise<void> {
    process.off('exit', this.#abandon);
    const child = this.#process;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      this.#signal('SIGKILL');
      await ended;
    }
    this.#folder.remove();
  }

  async #start(server: PostgresServer): Promise<void> {
    const { command, args, packages } = this.#program;
    const write: Write = (name, text) => {
      const path = join(this.#folder.path, name);
      writeFileSync(path, text);
      handOver(path);
      return path;
    };
    handOver(this.#folder.path);
    // Debian installs both in /usr/sbin, which is not in the PATH of other users.
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
    const child = spawn(command, args(this.port, this.#folder.path, write), {
      ...unprivileged(),
      env,
      // A separate process group, because pgpool's children outlive their parent.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    let log = '';
    child.stderr?.on('data', (bytes) => {
      log = `${log}${bytes}`.slice(-5000);
    });
    const failed = once(child, 'error').then(([error]) => {
      throw new Error(
        `${command} cannot be started; install it: apt-get install ${packages[0]} (Debian), brew install ${packages[1]} (macOS)`,
        { cause: error },
      );
    });
    const deadline = performance.now() + START_MS;
    while (!(await Promise.race([this.#answers(server), failed]))) {
      if (performance.now() > deadline || child.exitCode !== null) {
        throw new Error(`${command} did not accept connections on port ${this.port}; its log:\n${log}`);
      }
      await delay(20);
    }
  }

  async #answers(server: PostgresServer): Promise<boolean> {
    const connectionString = server.url('postgres', { role: SERVICE, port: this.port });
    const client = new Client({ connectionString });
    client.on('error', () => undefined);
    const hasAnswered = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end();
    return hasAnswered;
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The process has already ended.
    }
  }
}
