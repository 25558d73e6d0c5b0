import { expect } from 'chai';
import { startDynoxide } from '../../support/dynoxide.ts';
import { MomentoServer } from '../../support/momento-server/momento-server.ts';
import { PASSWORD, PostgresServer } from '../../support/postgres-server.ts';
import { RedisServer } from '../../support/redis-server.ts';
import {
  endProcesses,
  type RollcallProcess,
  startRollcall,
  temporaryFolder,
} from '../../support/rollcall-process.ts';
import { nameOf, ON_SERVERS } from './block-kinds.ts';
import { readDocuments } from './markdown.ts';
import { type Outcome, runBlock } from './shell.ts';

type Environment = Readonly<Record<string, string>>;

const texts = new Map(
  readDocuments().flatMap(({ blocks }) => blocks.map((block) => [nameOf(block), block.text] as const)),
);

describe('commands in the documents that need a server', function () {
  this.timeout(120_000);
  const left = new Set<(typeof ON_SERVERS)[number]>(ON_SERVERS);
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(endProcesses);

  /** Runs a block where the default port of its server is another one. */
  function run(name: (typeof ON_SERVERS)[number], ports: readonly [string, number], env: Environment = {}) {
    left.delete(name);
    const [usual, actual] = ports;
    const text = texts.get(name)?.replaceAll(usual, `127.0.0.1:${actual}`);
    if (text === undefined) throw new Error(`no document has the block ${name}`);
    return runBlock(text, folder, env);
  }

  /** Starts what `npm start` of a block would start. */
  async function start({ started }: Outcome): Promise<RollcallProcess> {
    expect(started, 'the block ends with npm start').not.to.equal(undefined);
    const service = await startRollcall({ folder, env: started ?? {} });
    expect(await service.call('GET', '/health/ready')).to.include({ status: 200 });
    expect(await service.createUser('ann')).to.include({ status: 201 });
    return service;
  }

  it('SQLite: a backup made while the service is running is complete', async () => {
    const service = await startRollcall({ folder });
    await service.createUser('ann');
    await run('docs/stores/sqlite.md: npm run -s rollcall -- backup copy.db', ['127.0.0.1:0', 0]);
    const restored = await startRollcall({ folder, env: { SQLITE_PATH: 'copy.db' } });
    expect(await restored.call('GET', '/users/ann')).to.include({ status: 200 });
  });

  it('PostgreSQL: two roles, provision, doctor, serve', async () => {
    const server = await PostgresServer.start();
    try {
      const { port } = server;
      const ports = ['127.0.0.1:5432', port] as const;
      const administrator = { PGHOST: '127.0.0.1', PGPORT: `${port}`, PGUSER: 'admin', PGPASSWORD: PASSWORD };
      await run("docs/stores/postgres.md: psql postgres <<'SQL'", ports, administrator);
      const outcome = await run('docs/stores/postgres.md: export STORE=postgres CACHE=none', ports);
      expect(outcome.stdout).to.match(/^0 problems, 0 warnings$/m);
      await start(outcome);
      await endProcesses();
    } finally {
      await server.stop();
    }
  });

  it('DynamoDB: provision, serve, migrate', async () => {
    const server = await startDynoxide();
    try {
      const ports = ['127.0.0.1:8000', Number(new URL(server.endpoint).port)] as const;
      const local =
        'docs/stores/dynamodb.md: export DYNAMODB_ENDPOINT=http://127.0.0.1:8000 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any';
      const { exported } = await run(local, ports);
      const name =
        'docs/stores/dynamodb.md: export STORE=dynamodb CACHE=none AWS_REGION=eu-central-1 TABLE_NAME=rollcall';
      const outcome = await run(name, ports, exported);
      await start(outcome);
      const migrated = await run(
        'docs/stores/dynamodb.md: npm run -s rollcall -- migrate',
        ports,
        outcome.exported,
      );
      expect(migrated.stdout).to.match(/^0 problems, 0 warnings$/m);
    } finally {
      await server.stop();
    }
  });

  it('Redis: serve', async () => {
    const server = await RedisServer.start();
    try {
      const name = 'docs/caches/redis.md: CACHE=redis REDIS_URL=redis://127.0.0.1:6379 npm start';
      await start(await run(name, ['127.0.0.1:6379', server.port]));
    } finally {
      await server.stop();
    }
  });

  it('Momento, a double of it: provision, serve', async () => {
    const server = await MomentoServer.start({ caches: [] });
    try {
      const name = 'docs/caches/momento.md: export CACHE=momento MOMENTO_LOCAL=127.0.0.1:8080';
      await start(await run(name, ['127.0.0.1:8080', server.port]));
      expect(server.caches).to.deep.equal(['rollcall']);
    } finally {
      await server.stop();
    }
  });

  it('are all run', () => expect([...left]).to.deep.equal([]));
});
