import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoClient } from '../../src/adapters/stores/dynamodb/dynamo-client.ts';
import { DynamoUserStore } from '../../src/adapters/stores/dynamodb/dynamo-user-store.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START_TIMEOUT_MS = 10_000;
const INSTALL =
  'cargo install dynoxide-rs --version 3.2.0 --locked --no-default-features ' +
  '--features native-sqlite,http-server,cli --root ~/.cache/rollcall';

export const TOMBSTONE_TTL_MS = 7 * 86_400_000;

/** A DynamoDB-compatible server on a free port, with its data in a temporary folder. */
export class Dynoxide {
  readonly endpoint: string;
  readonly #binary = findBinary();
  readonly #folder = temporaryFolder();
  readonly #port: number;
  readonly #kill = () => this.#process?.kill('SIGKILL');
  #process: ChildProcess | undefined;

  constructor(port: number) {
    this.#port = port;
    this.endpoint = `http://127.0.0.1:${port}`;
    process.once('exit', this.#kill);
  }

  /** Also restarts a killed server, with its existing tables. */
  async start(): Promise<void> {
    const where = ['--host', '127.0.0.1', '--port', String(this.#port)];
    const args = ['serve', ...where, '--db-path', `${this.#folder.path}/dynamo.db`];
    this.#process = spawn(this.#binary, args, { stdio: 'ignore' });
    try {
      await waitUntilReachable(this.endpoint, this.#process);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Settings for a process that uses a table of this server. */
  settings(TABLE_NAME = 'rollcall-test'): Readonly<Record<string, string>> {
    return {
      STORE: 'dynamodb',
      CACHE: 'none',
      TABLE_NAME,
      DYNAMODB_ENDPOINT: this.endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
  }

  /** A new client, which the caller must destroy. */
  client(): DynamoDBDocumentClient {
    return dynoxideClient(this.endpoint);
  }

  /** Kills the server like `kill -9`; its tables persist. */
  async kill(): Promise<void> {
    const server = this.#process;
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    process.off('exit', this.#kill);
    this.#folder.remove();
  }
}

/** Starts an empty server. @throws Error with installation instructions if dynoxide is missing */
export async function startDynoxide(): Promise<Dynoxide> {
  const server = new Dynoxide(await freePort());
  await server.start();
  return server;
}

export function dynoxideClient(endpoint: string): DynamoDBDocumentClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return createDynamoClient({ region: 'eu-central-1', endpoint, credentials });
}

export function dynamoStore(client: DynamoDBDocumentClient, tableName: string): DynamoUserStore {
  return new DynamoUserStore({
    client,
    tableName,
    clock: new SystemClock(),
    ids: new UuidIds(),
    tombstoneTtlMs: TOMBSTONE_TTL_MS,
  });
}

function findBinary(): string {
  const named = process.env['DYNOXIDE'];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), '.cache/rollcall/bin')];
  const candidates = named === undefined ? folders.map((folder) => join(folder, 'dynoxide')) : [named];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `${named === undefined ? 'dynoxide is neither in PATH nor in ~/.cache/rollcall/bin' : `DYNOXIDE=${named} cannot be run`}. ` +
      `It is the DynamoDB-compatible server of these tests (about 3 minutes to build); get it with\n  ${INSTALL}`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function waitUntilReachable(endpoint: string, server: ChildProcess): Promise<void> {
  const clock = new SystemClock();
  const deadline = clock.monotonic() + START_TIMEOUT_MS;
  let failure: unknown;
  server.once('error', (error) => {
    failure = error;
  });
  while (clock.monotonic() < deadline && failure === undefined && server.exitCode === null) {
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await clock.sleep(20);
  }
  throw new Error(`dynoxide does not answer at ${endpoint}`, { cause: failure });
}
