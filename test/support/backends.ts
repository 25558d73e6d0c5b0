import { startDynoxide } from './dynoxide.ts';
import { MomentoServer } from './momento-server/momento-server.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { PostgresServer, SERVICE } from './postgres-server.ts';
import { RedisServer } from './redis-server.ts';
import { RollcallProcess } from './rollcall-process.ts';
import { temporaryFolder as folder } from './temporary-folder.ts';

/** An empty server or file for an adapter, and the settings that select it. */
interface Backend {
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void> | void;
}

const NO_BACKEND: Backend = { settings: {}, close: () => {} };

/** The backends of all stores, by `STORE`; and PostgreSQL behind PgBouncer with transaction pooling. */
export const STORES: Readonly<Record<string, () => Promise<Backend>>> = {
  memory: async () => NO_BACKEND,
  sqlite: async () => {
    const { path, remove } = folder();
    return { settings: { SQLITE_PATH: `${path}/rollcall.db` }, close: remove };
  },
  postgres: async () => {
    const server = await PostgresServer.start();
    const { url } = await server.createStoreDatabase();
    return { settings: { DATABASE_URL: url }, close: () => server.stop() };
  },
  pgbouncer: async () => {
    const server = await PostgresServer.start();
    const { name } = await server.createStoreDatabase();
    const bouncer = await startPgBouncer(server, { poolSize: 4 });
    const url = server.url(name, { role: SERVICE, port: bouncer.port });
    const close = async () => {
      await bouncer.stop();
      await server.stop();
    };
    return { settings: { STORE: 'postgres', DATABASE_URL: url }, close };
  },
  dynamodb: async () => {
    const server = await startDynoxide();
    const settings = {
      TABLE_NAME: 'rollcall-test',
      DYNAMODB_ENDPOINT: server.endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    await provision({ STORE: 'dynamodb', CACHE: 'none', ...settings });
    return { settings, close: () => server.stop() };
  },
};

/** The backends of all caches, by `CACHE`. */
export const CACHES: Readonly<Record<string, () => Promise<Backend>>> = {
  none: async () => NO_BACKEND,
  memory: async () => NO_BACKEND,
  redis: async () => {
    const server = await RedisServer.start();
    return { settings: { REDIS_URL: server.url }, close: () => server.stop() };
  },
  momento,
};

async function momento(): Promise<Backend> {
  const server = await MomentoServer.start({ caches: ['rollcall'] });
  return { settings: { MOMENTO_LOCAL: `127.0.0.1:${server.port}` }, close: () => server.stop() };
}

async function provision(env: Readonly<Record<string, string>>): Promise<void> {
  const command = new RollcallProcess({ args: ['provision'], env });
  const exit = await command.exit();
  if (exit !== 0)
    throw new Error(`rollcall provision ended with ${exit}: ${command.stdout}${command.stderr}`);
}
