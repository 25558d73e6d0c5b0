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
    // Only the server crashes, not the machine: written pages survive without fsync, and recovery is fast.
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

  it('survives repeated termination of its sessions', async () => {
    for (let round = 0; round < 40; round += 1) {
      const [row] = await server.sql(
        `SELECT count(pg_terminate_backend(pid)) AS count FROM (
           SELECT pid FROM pg_stat_activity WHERE usename = '${SERVICE}' ORDER BY random() LIMIT 3) AS victims`,
      );
      expect(Number(row?.['count'])).to.be.above(0);
      await clock.sleep(15);
    }
    await load.progress(5);
    await load.stop();
    await load.verify();
    expect(load.refused, 'changes rejected although the server was running').to.equal(0);
  });

  it('loses no acknowledged change in a server crash, and continues after the restart', async () => {
    for (let round = 0; round < 3; round += 1) {
      await server.crash();
      await clock.sleep(round * 700);
      await server.start();
      await load.progress(10);
    }
    await load.stop();
    await load.verify();
  });

  it('continues after an orderly restart', async () => {
    await server.shutDown();
    await server.start();
    await load.progress(10);
    await load.stop();
    await load.verify();
  });
});

describe('PostgresUserStore during a server restart', () => {
  const scene = ProxiedStore.inSuite();

  it('completes operations from before and during the restart exactly once, within the deadline', async () => {
    const [blocked, sent] = [scene.aCreation(), scene.aCreation()];
    await scene.lock(
      `INSERT INTO rollcall.users (username, version, deleted_at, kept_until) VALUES ('${blocked.user.username}', 1, now(), now())`,
    );
    const deadline = within(20_000);
    const before = scene.store.commit(blocked.change, deadline);
    const sessions = `SELECT FROM pg_stat_activity WHERE usename = '${SERVICE}' AND wait_event_type = 'Lock'`;
    await eventually(
      'the commit waits for the lock',
      async () => (await scene.server.sql(sessions)).length > 0,
    );
    await scene.server.crash();
    const during = [scene.store.commit(sent.change, deadline), scene.store.readMany([sent.key], deadline)];
    await scene.server.start();
    await Promise.all([before, ...during]);
    expect([await blocked.applied(), await sent.applied()]).to.deep.equal([1, 1]);
  });

  it('rejects operations by the deadline while the server is down', async () => {
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
