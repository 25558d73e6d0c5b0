import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoClient } from '../../src/adapters/dynamodb/dynamo-client.ts';
import { DynamoUserStore } from '../../src/adapters/dynamodb/dynamo-user-store.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START_TIMEOUT_MS = 10_000;
const INSTALL =
  'cargo install dynoxide-rs --version 3.2.0 --locked --no-default-features ' +
  '--features native-sqlite,http-server,cli --root ~/.cache/rollcall';

export const TOMBSTONE_TTL_MS = 7 * 86_400_000;

/** A DynamoDB-compatible server of this process's own, empty. */
export interface Dynoxide {
  readonly endpoint: string;
  /** A new client; whoever takes one destroys it. */
  client(): DynamoDBDocumentClient;
  stop(): Promise<void>;
}

/** @throws saying how to get the server, where it is missing */
export async function startDynoxide(): Promise<Dynoxide> {
  const binary = findBinary();
  const folder = temporaryFolder();
  const port = await freePort();
  const args = [
    'serve',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--db-path',
    `${folder.path}/dynamo.db`,
  ];
  const server = spawn(binary, args, { stdio: 'ignore' });
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async () => {
    process.off('exit', kill);
    if (server.exitCode === null) {
      const gone = once(server, 'exit');
      kill();
      await gone;
    }
    folder.remove();
  };
  try {
    await answers(endpoint, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, client: () => dynoxideClient(endpoint), stop };
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

async function answers(endpoint: string, server: ChildProcess): Promise<void> {
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
  throw new Error(`dynoxide does not answer at ${endpoint}.`, { cause: failure });
}
