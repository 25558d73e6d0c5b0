import { expect } from 'chai';
import { Client } from 'pg';
import type { PostgresDatabase } from '../../../../src/adapters/stores/postgres/database/postgres-database.ts';
import type { PostgresUserStore } from '../../../../src/adapters/stores/postgres/postgres-user-store.ts';
import { userKey } from '../../../../src/domain/records.ts';
import { OutcomeUnknown, StoreServerChanged, StoreUnavailable } from '../../../../src/ports/errors.ts';
import { aChange, aUser, create, text, update } from '../../../support/accounts.ts';
import { PostgresPair } from '../../../support/postgres-pair.ts';
import {
  openDatabase,
  type PostgresServer,
  postgresStore,
  SERVICE,
} from '../../../support/postgres-server.ts';
import { eventually, outcomeOf, within } from './proxied-store.ts';
import { isCommit } from './wire-proxy.ts';

describe('PostgresUserStore, if a standby is promoted while a COMMIT is in flight', function () {
  this.timeout(60_000);
  let pair: PostgresPair;
  let database: PostgresDatabase;
  let store: PostgresUserStore;

  beforeEach(async () => {
    pair = await PostgresPair.start();
    database = openDatabase(pair.url, 4);
    store = postgresStore(database);
  });
  afterEach(async () => {
    await database?.close();
    await pair?.stop();
  });

  /** Starts an update whose COMMIT never arrives. @returns its outcome and its transaction id */
  async function loseCommit() {
    const user = aUser();
    const key = userKey(user.username);
    await store.commit(aChange([create(key, user)]), within(5000));
    await eventually('the standby has caught up', () => pair.standby.hasCaughtUp(pair.primary));
    await pair.cutReplication();
    pair.proxy.fateOf = (bytes) => (isCommit(bytes) ? 'hold' : 'pass');
    const renamed = { ...user, firstName: text('Renamed') };
    const outcome = outcomeOf(store.commit(aChange([update(key, 1, renamed)]), within(15_000)));
    await eventually('the COMMIT is held by the proxy', () => pair.proxy.held > 0);
    pair.proxy.fateOf = () => 'pass';
    pair.proxy.isClosed = true;
    return { key, outcome, xid: await xidOn(pair.primary) };
  }

  async function xidOn(server: PostgresServer): Promise<number> {
    const [row] = await server.sql(
      `SELECT max(backend_xid::text::bigint) AS xid FROM pg_stat_activity WHERE usename = '${SERVICE}'`,
    );
    return Number(row?.['xid']);
  }

  /** Uses up all transaction ids below this one on the new primary. */
  async function useXidsBelow(xid: number): Promise<void> {
    for (;;) {
      const [next] = await pair.standby.sql('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid');
      if (Number(next?.['xid']) >= xid) return;
      await pair.standby.sql('SELECT pg_current_xact_id()');
    }
  }

  it('does not mistake another transaction with the same id on the new primary for its own', async () => {
    const { key, outcome, xid } = await loseCommit();
    await pair.failOver();
    await useXidsBelow(xid + 1);
    const [status] = await pair.standby.sql(`SELECT pg_xact_status('${xid}') AS status`);
    expect(status, 'status of this id on the new primary').to.deep.equal({ status: 'committed' });
    pair.proxy.isClosed = false;
    const { error } = await outcome;
    expect(error).to.be.instanceOf(OutcomeUnknown);
    expect((await store.readMany([key], within(5000)))[0].version).to.equal(1);
  });

  it('does not cancel a transaction of another client that has the same id', async () => {
    const { outcome, xid } = await loseCommit();
    await pair.failOver();
    await useXidsBelow(xid);
    const client = new Client({ connectionString: pair.standby.url('postgres', { role: SERVICE }) });
    await client.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query('SELECT pg_current_xact_id()::text AS xid');
      expect(rows).to.deep.equal([{ xid: String(xid) }]);
      const unrelated = outcomeOf(client.query('SELECT pg_sleep(3)'));
      pair.proxy.isClosed = false;
      expect((await outcome).error).to.be.instanceOf(OutcomeUnknown);
      expect((await unrelated).error).to.equal(undefined);
    } finally {
      await client.end();
    }
  });
});

describe('PostgresUserStore, after a failover', function () {
  this.timeout(60_000);
  let pair: PostgresPair;
  const opened: PostgresDatabase[] = [];

  beforeEach(async () => {
    pair = await PostgresPair.start();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await pair?.stop();
  });

  const open = () => {
    const database = openDatabase(pair.url, 4);
    opened.push(database);
    return postgresStore(database);
  };

  it('reports the new server after any read; the meta record keeps the server that was stored', async () => {
    const [store, another] = [open(), open()];
    const { answeredBy = '' } = await store.readMeta(within(5000));
    expect(answeredBy).to.match(/^PostgreSQL system \d+, timeline 1$/);
    const failover = { from: 'another', at: '2026-01-01T00:00:00.000Z' };
    const meta = { storeId: 'id', generation: 1, cache: 'none', storeServer: answeredBy, failover };
    expect(await store.replaceMeta(undefined, meta, within(5000))).to.equal(true);
    expect((await another.readMeta(within(5000))).meta).to.deep.equal(meta);
    await eventually('the standby has caught up', () => pair.standby.hasCaughtUp(pair.primary));
    await pair.failOver();
    await store.readMany([userKey(aUser().username)], within(5000));
    expect(store.currentServer).to.equal(answeredBy.replace('timeline 1', 'timeline 2'));
    expect(await another.readMeta(within(5000))).to.deep.equal({ meta, answeredBy: store.currentServer });
  });

  it('rejects a commit that requires the old server, and writes nothing', async () => {
    const store = open();
    const { answeredBy } = await store.readMeta(within(5000));
    const user = aUser();
    const key = userKey(user.username);
    await eventually('the standby has caught up', () => pair.standby.hasCaughtUp(pair.primary));
    await pair.failOver();
    const change = aChange([create(key, user)]);
    expect((await outcomeOf(store.commit(change, within(5000), answeredBy))).error).to.be.instanceOf(
      StoreServerChanged,
    );
    expect((await store.readMany([key], within(5000)))[0].version).to.equal(0);
    await store.commit(change, within(5000), store.currentServer);
    expect((await store.readMany([key], within(5000)))[0].version).to.equal(1);
  });

  it('stops using the old primary once the new one has answered, although both run', async () => {
    const store = open();
    const user = aUser();
    const key = userKey(user.username);
    await store.commit(aChange([create(key, user)]), within(5000));
    await eventually('the standby has caught up', () => pair.standby.hasCaughtUp(pair.primary));
    await pair.cutReplication();
    await pair.promote();
    pair.proxy.reset();
    await store.commit(aChange([update(key, 1, { ...user, firstName: text('New') })]), within(5000));
    pair.proxy.target = pair.primary.port;
    pair.proxy.reset();
    for (const attempt of [
      () => store.readMany([key], within(400)),
      () => store.commit(aChange([update(key, 1, { ...user, firstName: text('Old') })]), within(400)),
    ]) {
      const { error } = await outcomeOf(attempt());
      expect(error).to.be.instanceOf(StoreUnavailable);
      expect((error as Error).message).to.contain('a superseded primary answered');
    }
    pair.proxy.target = pair.standby.port;
    expect((await store.readMany([key], within(5000)))[0].version).to.equal(2);
  });
});
