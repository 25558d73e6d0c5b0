import { expect } from 'chai';
import type { PostgresDatabase } from '../../../../src/adapters/stores/postgres/database/postgres-database.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { StoreUnavailable } from '../../../../src/ports/errors.ts';
import { openDatabase, PostgresServer, postgresStore, SERVICE } from '../../../support/postgres-server.ts';
import { Load } from './load.ts';
import { eventually, outcomeOf, ProxiedStore, TOLERANCE_MS, within } from './proxied-store.ts';

describe('PostgresUserStore under load', () => {
  const clock = new SystemClock();
  let server: PostgresServer;
  let database: PostgresDatabase;
  let load: Load;

  before(async () => {
    // The server crashes here, never the machine: what was written outlives that, and recovery is a matter of moments.
    server = await PostgresServer.start({ fsync: 'off' });
  });
  after(() => server?.stop());
  beforeEach(async () => {
    database = openDatabase((await server.createStoreDatabase()).url);
    load = new Load(postgresStore(database));
    await load.progress(5);
  });
  afterEach(async () => {
    await load.stop();
    await database.close();
  });

  it('survives that its sessions are terminated, again and again', async () => {
    for (let round = 0; round < 40; round += 1) {
      const [row] = await server.sql(
        `SELECT count(pg_terminate_backend(pid)) AS count FROM (
           SELECT pid FROM pg_stat_activity WHERE usename = '${SERVICE}' ORDER BY random() LIMIT 3) AS a_few`,
      );
      expect(Number(row?.['count'])).to.be.above(0);
      await clock.sleep(15);
    }
    await load.progress(5);
    await load.stop();
    await load.verify();
    expect(load.refused, 'changes refused, though the server was there').to.equal(0);
  });

  it('loses nothing that it acknowledged when the server crashes, and goes on when it is back', async () => {
    for (let round = 0; round < 3; round += 1) {
      await server.crash();
      await clock.sleep(round * 700);
      await server.start();
      await load.progress(10);
    }
    await load.stop();
    await load.verify();
  });

  it('goes on after an orderly restart', async () => {
    await server.shutDown();
    await server.start();
    await load.progress(10);
    await load.stop();
    await load.verify();
  });
});

describe('PostgresUserStore, asked while its server goes and comes', () => {
  const scene = ProxiedStore.inSuite();

  it('does within the deadline what it was asked before and meanwhile, once', async () => {
    const [waiting, asked] = [scene.aCreation(), scene.aCreation()];
    await scene.lock(
      `INSERT INTO rollcall.users (username, version, deleted_at, kept_until) VALUES ('${waiting.user.username}', 1, now(), now())`,
    );
    const deadline = within(20_000);
    const before = scene.store.commit(waiting.change, deadline);
    const sessions = `SELECT FROM pg_stat_activity WHERE usename = '${SERVICE}' AND wait_event_type = 'Lock'`;
    await eventually('it waits for the lock', async () => (await scene.server.sql(sessions)).length > 0);
    await scene.server.crash();
    const meanwhile = [
      scene.store.commit(asked.change, deadline),
      scene.store.readMany([asked.key], deadline),
    ];
    await scene.server.start();
    await Promise.all([before, ...meanwhile]);
    expect([await waiting.applied(), await asked.applied()]).to.deep.equal([1, 1]);
  });

  it('refuses by the deadline what comes too early', async () => {
    const { key, change, applied } = scene.aCreation();
    await scene.server.shutDown();
    for (const attempt of [
      () => scene.store.readMany([key], within(400)),
      () => scene.store.commit(change, within(400)),
    ]) {
      const { error, ms } = await outcomeOf(attempt());
      expect(error).to.be.instanceOf(StoreUnavailable);
      expect(ms).to.be.below(400 + TOLERANCE_MS);
    }
    await scene.server.start();
    expect(await applied()).to.equal(0);
    await scene.store.commit(change, within(5000));
    expect(await applied()).to.equal(1);
  });
});
