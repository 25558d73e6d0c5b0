import { expect } from 'chai';
import { ApiClient, createUsers, problemOf } from '../../support/api-client.ts';
import { PostgresServer } from '../../support/postgres-server.ts';
import { endProcesses, RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';
import { waitUntil } from '../../support/wait-until.ts';

const STORE_TIMEOUT_MS = 1000;
/** A read and a commit, each with its deadline, and a margin for a busy machine. */
const ANSWER_MS = 2 * STORE_TIMEOUT_MS + 3000;
const WRITERS = 8;
const OUTAGE_MS = 500;

describe('a service whose PostgreSQL is unavailable at times', function () {
  this.timeout(90_000);
  let server: PostgresServer;
  let url: string;
  let service: RollcallProcess;
  let api: ApiClient;

  const env = () => ({
    STORE: 'postgres',
    CACHE: 'none',
    DATABASE_URL: url,
    STORE_TIMEOUT_MS: String(STORE_TIMEOUT_MS),
  });
  const ready = async () => (await api.get('/health/ready')).status;

  before(async () => {
    server = await PostgresServer.start();
    ({ url } = await server.createStoreDatabase());
    await server.crash();
    service = await startRollcall({ env: env() });
    api = new ApiClient(await service.url()).as('ann');
  });
  after(async () => {
    await endProcesses();
    await server?.stop();
  });

  it('starts without it, reports that, answers 503, and recovers', async () => {
    await service.line(/^not ready: the store is unavailable: PostgreSQL /);
    const health = await api.get('/health/ready');
    expect(health.status).to.equal(503);
    expect(JSON.parse(health.text).store.status).to.equal('down');
    expect(await api.get('/users/ann').then(problemOf)).to.equal('503 store_unavailable');
    await server.start();
    await waitUntil('it is ready', async () => (await ready()) === 200);
    await createUsers(new ApiClient(await service.url()), 'ann');
  });

  it('keeps every acknowledged write and answers within its deadlines if the server crashes under load', async () => {
    const acknowledged: string[] = [];
    const slow: string[] = [];
    const unexpected: string[] = [];
    let isOver = false;
    const write = async (writer: number) => {
      for (let count = 0; !isOver; count += 1) {
        const username = `w${writer}-${count}`;
        const began = performance.now();
        const response = await api.post('/users', { username, firstName: 'Load', lastName: 'Test' });
        if (performance.now() - began > ANSWER_MS) slow.push(username);
        if (response.status === 201) acknowledged.push(username);
        else if (response.status !== 503) unexpected.push(response.text);
      }
    };
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
    try {
      await waitUntil('something is written', async () => acknowledged.length > 50);
      await server.crash();
      await waitUntil('it is not ready', async () => (await ready()) === 503);
      await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
      await server.start();
      await waitUntil('it is ready', async () => (await ready()) === 200);
      const before = acknowledged.length;
      await waitUntil('it writes again', async () => acknowledged.length > before + 50);
    } finally {
      isOver = true;
      await Promise.all(writers);
    }
    expect(unexpected).to.deep.equal([]);
    expect(slow).to.deep.equal([]);
    for (const username of acknowledged) {
      const { status } = await api.get(`/users/${username}`);
      expect(status, username).to.equal(200);
    }
  });

  it('rejects a database without the schema and names the command to create it', async () => {
    const empty = server.url(await server.createDatabase());
    const rejected = new RollcallProcess({ env: { ...env(), PORT: '0', DATABASE_URL: empty } });
    expect(await rejected.exit()).to.equal(2);
    expect(rejected.stderr).to.equal(
      'rollcall: the configuration is not valid:\n' +
        '  STORE: "postgres" cannot be used: schema rollcall: not found; run `rollcall provision`\n',
    );
    const provision = new RollcallProcess({ args: ['provision'], env: { ...env(), DATABASE_URL: empty } });
    expect(await provision.exit(), provision.stderr).to.equal(0);
    const accepted = await startRollcall({ env: { ...env(), DATABASE_URL: empty } });
    expect((await accepted.createUser('ann')).status).to.equal(201);
  });

  it('rejects a newer schema and names the required version', async () => {
    const { name, url: newer } = await server.createStoreDatabase();
    await server.sql(`INSERT INTO rollcall.schema_migrations (version, name) VALUES (99, 'to come')`, name);
    for (const args of [['serve'], ['provision']]) {
      const rejected = new RollcallProcess({ args, env: { ...env(), PORT: '0', DATABASE_URL: newer } });
      expect(await rejected.exit(), args[0]).to.equal(2);
      expect(rejected.stderr).to.match(
        /schema rollcall: version 99; this Rollcall supports versions up to \d+; use the Rollcall version whose `rollcall provision` created it, or a later one\n$/,
      );
    }
  });
});
