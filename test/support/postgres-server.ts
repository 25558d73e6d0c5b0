import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { PostgresDatabase } from '../../src/adapters/stores/postgres/database/postgres-database.ts';
import { PostgresUserStore } from '../../src/adapters/stores/postgres/postgres-user-store.ts';
import { provisionSchema } from '../../src/adapters/stores/postgres/schema/schema.ts';
import { parseDatabaseUrl } from '../../src/adapters/stores/postgres/url/database-url.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import { freePort } from './free-port.ts';
import { handOver, type NpmVersion, serverBinary, unprivileged } from './postgres-binaries.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START_MS = 20_000;
const TABLES = [
  'users',
  'organizations',
  'memberships',
  'email_claims',
  'invitations',
  'events',
  'event_streams',
  'idempotency',
  'meta',
].map((table) => `rollcall.${table}`);

export const ADMIN = 'admin';
/** A role that owns nothing. */
export const SERVICE = 'service';
export const PASSWORD = 'correct-horse-battery';

export const TOMBSTONE_TTL_MS = 7 * 86_400_000;

/** A database with the store's schema. The service role owns nothing in it. */
export interface StoreDatabase {
  readonly name: string;
  /** The URL for the service role. */
  readonly url: string;
  readonly adminUrl: string;
}

/** Parameters of `postgresql.conf`. */
type Settings = Readonly<Record<string, string>>;

/** A real PostgreSQL server on a free port, with a temporary data folder, run by an unprivileged user. */
export class PostgresServer {
  readonly port: number;
  readonly folder = temporaryFolder();
  readonly #version: NpmVersion | undefined;
  #settings: Settings;
  readonly #abandon = () => {
    this.#process?.kill('SIGKILL');
    // The child processes end soon after, but may still be writing.
    rmSync(this.folder.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  #process: ChildProcess | undefined;
  #databases = 0;

  /** @param version default: the installed one @throws if the server is not installed, with the installation command */
  static async start(settings: Settings = {}, version?: NpmVersion): Promise<PostgresServer> {
    const server = new PostgresServer(await freePort(), settings, version);
    process.once('exit', server.#abandon);
    try {
      server.#initialize();
      await server.start();
      await server.sql(`CREATE ROLE ${SERVICE} LOGIN PASSWORD '${PASSWORD}'`);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  private constructor(port: number, settings: Settings, version: NpmVersion | undefined) {
    this.port = port;
    this.#settings = settings;
    this.#version = version;
  }

  /** Starts a streaming standby from a copy of the data. This server restarts for the copy. */
  async startStandby(settings: Settings = {}): Promise<PostgresServer> {
    const standby = new PostgresServer(
      await freePort(),
      {
        ...this.#settings,
        primary_conninfo: `host=127.0.0.1 port=${this.port} user=${ADMIN} password=${PASSWORD}`,
        ...settings,
      },
      this.#version,
    );
    process.once('exit', standby.#abandon);
    await this.shutDown();
    handOver(standby.folder.path);
    execFileSync('cp', ['-a', this.data, standby.data]);
    const signal = join(standby.data, 'standby.signal');
    writeFileSync(signal, '');
    handOver(signal);
    await this.start();
    try {
      await standby.start();
    } catch (error) {
      await standby.stop();
      throw error;
    }
    return standby;
  }

  /** Promotes this standby to a primary, on a new timeline. */
  async promote(): Promise<void> {
    await this.sql('SELECT pg_promote()');
  }

  /** Changes settings from the next start on. */
  set(settings: Settings): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  /** Whether this standby has replayed all WAL of its primary. */
  async hasCaughtUp(primary: PostgresServer): Promise<boolean> {
    const [there] = await primary.sql('SELECT pg_current_wal_insert_lsn()::text AS lsn');
    const [here] = await this.sql('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS is', 'postgres', [
      there?.['lsn'],
    ]);
    return here?.['is'] === true;
  }

  get data(): string {
    return join(this.folder.path, 'data');
  }

  url(database = 'postgres', { role = ADMIN, port = this.port, password = PASSWORD } = {}): string {
    return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  }

  /** Starts or restarts the server with the existing data. */
  async start(): Promise<void> {
    const settings = {
      port: String(this.port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      ...this.#settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(serverBinary('postgres', this.#version), ['-D', this.data, ...args], {
      ...unprivileged(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr?.on('data', (bytes) => {
      log = `${log}${bytes}`.slice(-5000);
    });
    this.#process = child;
    const deadline = performance.now() + START_MS;
    while (performance.now() < deadline && child.exitCode === null) {
      if (await this.sql('SELECT 1').then(Boolean, () => false)) return;
      await delay(20);
    }
    throw new Error(`postgres did not accept connections on port ${this.port}; its log:\n${log}`);
  }

  /** Like `pg_ctl stop -m immediate`: no checkpoint, so the next start runs crash recovery. */
  crash(): Promise<void> {
    return this.#end('SIGQUIT');
  }

  /** Like `pg_ctl stop -m fast`. */
  shutDown(): Promise<void> {
    return this.#end('SIGINT');
  }

  async stop(): Promise<void> {
    process.off('exit', this.#abandon);
    await this.crash();
    this.folder.remove();
  }

  /** Runs a statement as the administrator. */
  async sql(text: string, database = 'postgres', values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.url(database) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rows } = await client.query(text, values);
      return rows;
    } finally {
      await client.end();
    }
  }

  /** Creates an empty database. @returns its name */
  async createDatabase(options = ''): Promise<string> {
    this.#databases += 1;
    const name = `rollcall_${this.#databases}`;
    await this.sql(`CREATE DATABASE ${name} ${options}`);
    return name;
  }

  /** Creates a database with an empty schema. */
  async createStoreDatabase(): Promise<StoreDatabase> {
    const name = await this.createDatabase();
    const adminUrl = this.url(name);
    const database = openDatabase(adminUrl);
    await provisionSchema(database, performance.now() + 10_000);
    await database.close();
    await this.sql(
      `GRANT USAGE ON SCHEMA rollcall TO ${SERVICE};
       GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA rollcall TO ${SERVICE}`,
      name,
    );
    return { name, adminUrl, url: this.url(name, { role: SERVICE }) };
  }

  async empty({ name }: StoreDatabase): Promise<void> {
    await this.sql(TABLES.map((table) => `DELETE FROM ${table}`).join(';'), name);
  }

  /** The default collation is not by code units, so the schema has to specify its own. */
  #initialize(): void {
    const passwordFile = join(this.folder.path, 'password');
    writeFileSync(passwordFile, PASSWORD);
    handOver(this.folder.path);
    handOver(passwordFile);
    const args = [
      ...['-D', this.data, '-U', ADMIN, '--pwfile', passwordFile, '--auth=scram-sha-256', '--no-sync'],
      ...['-E', 'UTF8', '--locale=C.UTF-8'],
      // Available since PostgreSQL 15.
      ...(this.#version === 13 ? [] : ['--locale-provider=icu', '--icu-locale=en-US']),
    ];
    const initdb = serverBinary('initdb', this.#version);
    execFileSync(initdb, args, { ...unprivileged(), stdio: ['ignore', 'ignore', 'pipe'] });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

/** Opens a connection pool like the service's. The caller closes it. */
export function openDatabase(url: string, poolMax = 10): PostgresDatabase {
  return new PostgresDatabase({
    target: parseDatabaseUrl(url),
    poolMax,
    clock: new SystemClock(),
    ids: new UuidIds(),
  });
}

export function postgresStore(database: PostgresDatabase): PostgresUserStore {
  return new PostgresUserStore({ database, tombstoneTtlMs: TOMBSTONE_TTL_MS });
}
