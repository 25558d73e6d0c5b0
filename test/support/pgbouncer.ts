import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from './free-port.ts';
import { handOver, PASSWORD, type PostgresServer, SERVICE, unprivileged } from './postgres-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START_MS = 10_000;

/** A real PgBouncer before a server, which lends a server's connection for one transaction at a time. */
export class PgBouncer {
  readonly port: number;
  readonly #folder = temporaryFolder();
  readonly #abandon = () => {
    this.#process?.kill('SIGKILL');
    this.#folder.remove();
  };
  #process: ChildProcess | undefined;

  /** @throws saying how to get PgBouncer, where it is missing */
  static async start(server: PostgresServer, { poolSize }: { poolSize: number }): Promise<PgBouncer> {
    const bouncer = new PgBouncer(await freePort());
    process.once('exit', bouncer.#abandon);
    try {
      await bouncer.#start(server, poolSize);
    } catch (error) {
      await bouncer.stop();
      throw error;
    }
    return bouncer;
  }

  private constructor(port: number) {
    this.port = port;
  }

  async stop(): Promise<void> {
    process.off('exit', this.#abandon);
    const child = this.#process;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    this.#folder.remove();
  }

  async #start(server: PostgresServer, poolSize: number): Promise<void> {
    const users = this.#write('users.txt', `"${SERVICE}" "${PASSWORD}"\n`);
    const settings = this.#write(
      'pgbouncer.ini',
      `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${this.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 200
`,
    );
    handOver(this.#folder.path);
    // Debian puts it where only root looks.
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
    const child = spawn('pgbouncer', ['-q', settings], { ...unprivileged(), env, stdio: 'ignore' });
    this.#process = child;
    const failed = once(child, 'error').then(([error]) => {
      throw new Error(
        'pgbouncer cannot be started; install it: apt-get install pgbouncer (Debian), brew install pgbouncer (macOS)',
        { cause: error },
      );
    });
    await Promise.race([this.#answers(server), failed]);
  }

  async #answers(server: PostgresServer): Promise<void> {
    const deadline = performance.now() + START_MS;
    while (performance.now() < deadline) {
      const client = new Client({
        connectionString: server.url('postgres', { role: SERVICE, port: this.port }),
      });
      client.on('error', () => undefined);
      const answered = await client.connect().then(
        () => true,
        () => false,
      );
      await client.end();
      if (answered) return;
      await pause(20);
    }
    throw new Error(`pgbouncer on port ${this.port} did not answer within ${START_MS} ms`);
  }

  #write(name: string, text: string): string {
    const path = join(this.#folder.path, name);
    writeFileSync(path, text);
    handOver(path);
    return path;
  }
}
