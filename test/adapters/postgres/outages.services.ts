import { expect } from 'chai';
import type { PostgresDatabase } from '../../../src/adapters/postgres/postgres-database.ts';
import { SystemClock } from '../../../src/adapters/system/system-clock.ts';
import { openDatabase, PostgresServer, postgresStore, SERVICE } from '../../support/postgres-server.ts';
import { Load } from './load.ts';

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
