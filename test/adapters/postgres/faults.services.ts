import { expect } from 'chai';
import { Client } from 'pg';
import type { PostgresDatabase } from '../../../src/adapters/postgres/postgres-database.ts';
import type { PostgresUserStore } from '../../../src/adapters/postgres/postgres-user-store.ts';
import { SystemClock } from '../../../src/adapters/system/system-clock.ts';
import { userKey } from '../../../src/domain/records.ts';
import { OutcomeUnknown, StoreUnavailable } from '../../../src/ports/errors.ts';
import { aChange, anEvent, aUser, create, organizationStream, update } from '../../support/accounts.ts';
import {
  openDatabase,
  PostgresServer,
  postgresStore,
  SERVICE,
  type StoreDatabase,
} from '../../support/postgres-server.ts';
import { type Fate, isCommit, isOpening, WireProxy } from './wire-proxy.ts';

/** How late an answer may come, at most, on a machine that has much else to do. */
const TOLERANCE_MS = 300;

describe('PostgresUserStore on a bad network', () => {
  const clock = new SystemClock();
  let server: PostgresServer;
  let base: StoreDatabase;
  let proxy: WireProxy;
  let database: PostgresDatabase;
  let store: PostgresUserStore;
  /** Past the proxy. */
  let direct: PostgresDatabase;

  before(async () => {
    server = await PostgresServer.start({ fsync: 'off' });
    base = await server.createStoreDatabase();
    direct = openDatabase(base.url);
  });
  after(async () => {
    await direct?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    proxy = await WireProxy.to(server.port);
    database = openDatabase(server.url(base.name, { role: SERVICE, port: proxy.port }), 4);
    store = postgresStore(database);
  });
  afterEach(async () => {
    await database.close();
    await proxy.close();
  });

  const within = (ms: number) => clock.monotonic() + ms;

  /** What a promise came to, and how long that took. */
  async function outcomeOf(promise: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
    const began = clock.monotonic();
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { error, ms: clock.monotonic() - began };
  }

  /** A change that was not made yet, and how to see what became of it. */
  function aCreation() {
    const user = aUser();
    const stream = organizationStream();
    const key = userKey(user.username);
    const change = aChange([create(key, user)], { events: [anEvent([stream])] });
    const applied = async () => {
      const [{ version }] = await postgresStore(direct).readMany([key], within(5000));
      const events = await postgresStore(direct).listEvents(stream, 0, 100, within(5000));
      expect(events.length, 'events of the change').to.equal(version);
      return version;
    };
    return { user, key, change, applied };
  }

  /** The first request of which this is true fares badly; the others pass. */
  function once(isIt: (bytes: string) => boolean, fate: Fate): void {
    let isDone = false;
    proxy.fateOf = (bytes) => {
      if (isDone || !isIt(bytes)) return 'pass';
      isDone = true;
      return fate;
    };
  }

  const eventually = async (what: string, isSo: () => Promise<boolean> | boolean): Promise<void> => {
    const deadline = within(5000);
    while (!(await isSo())) {
      if (clock.monotonic() > deadline) expect.fail(`never: ${what}`);
      await clock.sleep(5);
    }
  };

  it('is slow where the network is, and refuses what takes too long', async () => {
    const { key, change, applied } = aCreation();
    proxy.delayMs = 40;
    const { error, ms } = await outcomeOf(store.commit(change, within(60)));
    expect(error).to.be.instanceOf(StoreUnavailable);
    expect(ms).to.be.below(60 + TOLERANCE_MS);
    expect(await applied()).to.equal(0);
    await store.commit(change, within(3000));
    expect((await store.readMany([key], within(3000)))[0].version).to.equal(1);
  });

  it('takes one round trip to read and two to change', async () => {
    const [first, second] = [aCreation(), aCreation()];
    await store.commit(first.change, within(2000));
    await store.readMany([first.key], within(2000));
    proxy.delayMs = 150;
    const reading = await outcomeOf(store.readMany([first.key], within(2000)));
    expect(reading.ms).to.be.within(300, 590);
    const changing = await outcomeOf(store.commit(second.change, within(2000)));
    expect(changing.ms).to.be.within(600, 890);
    expect([reading.error, changing.error]).to.deep.equal([undefined, undefined]);
  });

  it('does without a deadline', async () => {
    const { key, change } = aCreation();
    await store.commit(change, Number.POSITIVE_INFINITY);
    expect((await store.readMany([key], Number.POSITIVE_INFINITY))[0].version).to.equal(1);
  });

  it('refuses in time while nobody answers, and heals without a restart', async () => {
    const { key, change, applied } = aCreation();
    await Promise.all([1, 2, 3, 4].map(() => store.readMany([key], within(2000))));
    proxy.fateOf = () => 'ignore';
    for (const attempt of [
      () => store.readMany([key], within(400)),
      () => store.commit(change, within(400)),
      () => store.readMeta(within(400)),
    ]) {
      const all = await Promise.all(Array.from({ length: 8 }, () => outcomeOf(attempt())));
      for (const { error, ms } of all) {
        expect(error).to.be.instanceOf(StoreUnavailable);
        expect(ms).to.be.below(400 + TOLERANCE_MS);
      }
      await eventually('what owes an answer is cut off', () => proxy.open === 0);
    }
    expect(await applied()).to.equal(0);
    proxy.fateOf = () => 'pass';
    await store.commit(change, within(3000));
    expect((await store.readMany([key], within(1000)))[0].version).to.equal(1);
  });

  it('does not let one dead connection after another cost a request its deadline', async () => {
    const { key } = aCreation();
    await Promise.all([1, 2].map(() => store.readMany([key], within(2000))));
    proxy.freeze();
    expect((await outcomeOf(store.readMany([key], within(300)))).error).to.be.instanceOf(StoreUnavailable);
    for (const round of [1, 2]) {
      expect((await outcomeOf(store.readMany([key], within(500)))).error, `read ${round}`).to.equal(
        undefined,
      );
    }
  });

  it('reads again, and commits once, where connections are reset', async () => {
    const { key, change, applied } = aCreation();
    await store.readMany([key], within(2000));
    proxy.reset();
    await store.readMany([key], within(2000));
    once((bytes) => bytes.includes('BEGIN'), 'lose');
    await store.readMany([key], within(2000));
    once(isOpening, 'lose');
    await store.commit(change, within(2000));
    expect(await applied()).to.equal(1);
  });

  for (const fate of ['break', 'deaf'] as const) {
    it(`learns what became of a commit that was applied and whose answer is lost (${fate})`, async () => {
      const { change, applied } = aCreation();
      once(isCommit, fate);
      await store.commit(change, within(2000));
      expect(await applied()).to.equal(1);
    });

    it(`says that the outcome is unknown where the server cannot be asked either (${fate})`, async () => {
      const { change, applied } = aCreation();
      proxy.fateOf = (bytes) => {
        if (!isCommit(bytes)) return 'pass';
        proxy.isClosed = true;
        return fate;
      };
      const { error, ms } = await outcomeOf(store.commit(change, within(600)));
      expect(error).to.be.instanceOf(OutcomeUnknown);
      expect(ms).to.be.below(600 + TOLERANCE_MS);
      expect(await applied()).to.equal(1);
    });
  }

  it('commits once where the first COMMIT never arrived', async () => {
    const { change, applied } = aCreation();
    once(isCommit, 'lose');
    await store.commit(change, within(2000));
    expect(await applied()).to.equal(1);
  });

  it('replaces the meta record, and says so, though the answer was lost', async () => {
    const meta = await postgresStore(direct).readMeta(within(2000));
    const next = { storeId: 'store', generation: (meta?.generation ?? 0) + 1, cache: 'none' };
    once(isCommit, 'break');
    expect(await store.replaceMeta(meta, next, within(2000))).to.equal(true);
    expect(await store.readMeta(within(2000))).to.deep.equal(next);
  });

  it('a COMMIT that arrives after the deadline applies nothing', async () => {
    const { change, applied } = aCreation();
    // The server hears late of the beginning too, so its own timeouts end later than the deadline.
    let openings = 0;
    proxy.fateOf = (bytes) => {
      if (isOpening(bytes)) {
        openings += 1;
        return 'hold';
      }
      return isCommit(bytes) ? 'hold' : 'pass';
    };
    const deadline = within(800);
    const committing = outcomeOf(store.commit(change, deadline));
    await eventually('a change began', () => openings > 0);
    await clock.sleep(400);
    proxy.deliver();
    await eventually('the COMMIT is on its way', () => proxy.held > 0);
    const { error } = await committing;
    expect(error).to.be.instanceOf(OutcomeUnknown);
    await clock.sleep(deadline - clock.monotonic() + 60);
    expect(await sessionsInTransaction(), 'sessions that could still commit').to.equal(1);
    proxy.deliver();
    await eventually('the transaction ended', async () => (await sessionsInTransaction()) === 0);
    expect(await applied()).to.equal(0);
  });

  it('a transaction whose client has vanished ends by itself and lets go of its locks', async () => {
    const { user, key, change } = aCreation();
    await store.commit(change, within(2000));
    once(isCommit, 'hold');
    const suspended = { ...user, status: 'suspended' } as const;
    const lost = outcomeOf(store.commit(aChange([update(key, 1, suspended)]), within(500)));
    await eventually('the COMMIT is on its way', () => proxy.held > 0);
    await postgresStore(direct).commit(aChange([update(key, 1, user)]), within(2000));
    expect((await lost).error).to.not.equal(undefined);
    const [known] = await store.readMany([key], within(2000));
    expect(known).to.deep.equal({ key, version: 2, record: user });
  });

  it('what was given up while it waited for a locked row is never applied', async () => {
    const { user, key, change, applied } = aCreation();
    await store.commit(change, within(2000));
    const free = await lock(
      `UPDATE rollcall.users SET version = version WHERE username = '${user.username}'`,
    );
    const deadline = within(400);
    const all = [1, 2, 3].map(() =>
      outcomeOf(store.commit(aChange([update(key, 1, { ...user, status: 'suspended' })]), deadline)),
    );
    for (const { error, ms } of await Promise.all(all)) {
      expect(error).to.be.instanceOf(StoreUnavailable);
      expect(ms).to.be.below(400 + TOLERANCE_MS);
    }
    await eventually('nobody waits any longer', async () => (await sessionsInTransaction()) === 0);
    await free();
    expect(await applied()).to.equal(1);
  });

  it('what was given up while it waited to insert a row is never applied', async () => {
    const { user, change, applied } = aCreation();
    const free = await lock(
      `INSERT INTO rollcall.users (username, version, deleted_at, kept_until) VALUES ('${user.username}', 1, now(), now())`,
    );
    const { error, ms } = await outcomeOf(store.commit(change, within(400)));
    expect(error).to.be.instanceOf(StoreUnavailable);
    expect(ms).to.be.below(400 + TOLERANCE_MS);
    await eventually('nobody waits any longer', async () => (await sessionsInTransaction()) === 0);
    await free();
    expect(await applied()).to.equal(0);
  });

  it('goes on reading while many changes wait for a lock', async () => {
    const { user, key, change } = aCreation();
    await store.commit(change, within(2000));
    const free = await lock(
      `UPDATE rollcall.users SET version = version WHERE username = '${user.username}'`,
    );
    const waiting = Array.from({ length: 12 }, () =>
      outcomeOf(store.commit(aChange([update(key, 1, user)]), within(1000))),
    );
    await clock.sleep(50);
    for (let round = 0; round < 20; round += 1) {
      const { error, ms } = await outcomeOf(store.readMany([key], within(1000)));
      expect(error).to.equal(undefined);
      expect(ms).to.be.below(TOLERANCE_MS);
    }
    await free();
    await Promise.all(waiting);
  });

  describe('where a synchronous standby does not answer', () => {
    const setStandby = async (setting: string) => {
      await server.sql(`ALTER SYSTEM SET synchronous_standby_names = '${setting}'`);
      await server.sql('SELECT pg_reload_conf()');
    };
    beforeEach(() => setStandby('nobody'));
    afterEach(() => setStandby(''));

    it('a change is not acknowledged; what is seen of it is seen by the deadline', async () => {
      const { change, applied } = aCreation();
      const deadline = within(1000);
      const { error } = await outcomeOf(store.commit(change, deadline));
      expect(error).to.be.instanceOf(OutcomeUnknown);
      expect(await applied()).to.equal(1);
      expect(clock.monotonic()).to.be.below(deadline + TOLERANCE_MS);
    });

    it('a change that somebody freed from waiting is not acknowledged either', async () => {
      const { change, applied } = aCreation();
      const committing = outcomeOf(store.commit(change, within(3000)));
      const free = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`;
      await eventually('it waits', async () => (await server.sql(free)).length > 0);
      const { error, ms } = await committing;
      expect(error).to.be.instanceOf(OutcomeUnknown);
      expect(ms).to.be.below(2000);
      expect(await applied()).to.equal(1);
    });
  });

  it('does not take another transaction’s number for its own after a crash', async () => {
    const { change, applied } = aCreation();
    once(isCommit, 'hold');
    const committing = outcomeOf(store.commit(change, within(10_000)));
    await eventually('the COMMIT is on its way', () => proxy.held > 0);
    const [row] = await server.sql(
      `SELECT max(backend_xid::text::bigint) AS number FROM pg_stat_activity WHERE usename = '${SERVICE}'`,
    );
    proxy.isClosed = true;
    await server.crash();
    await server.start();
    let number = 0;
    while (number <= Number(row?.['number'])) {
      const [next] = await server.sql('SELECT pg_current_xact_id()::text AS number');
      number = Number(next?.['number']);
    }
    const [reused] = await server.sql(`SELECT pg_xact_status('${row?.['number']}') AS status`);
    expect(reused, 'what the server now says of the number').to.deep.equal({ status: 'committed' });
    proxy.isClosed = false;
    const { error } = await committing;
    expect(await applied()).to.equal(0);
    expect(error).to.be.instanceOf(OutcomeUnknown);
  });

  /** Takes a lock on another connection. @returns what lets go of it, undoing the statement */
  async function lock(statement: string): Promise<() => Promise<void>> {
    const client = new Client({ connectionString: base.adminUrl });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    await client.query(statement);
    return async () => {
      await client.query('ROLLBACK');
      await client.end();
    };
  }

  async function sessionsInTransaction(): Promise<number> {
    const [row] = await server.sql(
      `SELECT count(*) AS count FROM pg_stat_activity WHERE usename = '${SERVICE}' AND xact_start IS NOT NULL`,
    );
    return Number(row?.['count']);
  }
});
