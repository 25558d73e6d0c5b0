import { expect } from 'chai';
import { Client } from 'pg';
import type { PostgresDatabase } from '../../../../src/adapters/stores/postgres/database/postgres-database.ts';
import { expectConflict, race } from '../../../contracts/user-store/store-under-test.ts';
import { userStoreContract } from '../../../contracts/user-store-contract.ts';
import {
  aChange,
  anEvent,
  create,
  organizationStream,
  SAMPLES,
  update,
  userStream,
} from '../../../support/accounts.ts';
import { contendInProcesses } from '../../../support/contend-in-processes.ts';
import {
  openDatabase,
  PostgresServer,
  postgresStore,
  type StoreDatabase,
} from '../../../support/postgres-server.ts';

describe('PostgresUserStore', () => {
  let server: PostgresServer;
  let database: StoreDatabase;
  const opened: PostgresDatabase[] = [];

  before(async () => {
    // Server defaults must not change what the store writes and returns.
    server = await PostgresServer.start({
      timezone: 'Asia/Kolkata',
      datestyle: 'SQL, DMY',
      extra_float_digits: '0',
      default_transaction_isolation: 'serializable',
      statement_timeout: '60000',
    });
    database = await server.createStoreDatabase();
  });
  after(() => server?.stop());

  const open = () => {
    const one = openDatabase(database.url);
    opened.push(one);
    return postgresStore(one);
  };
  const close = async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  };

  userStoreContract(async () => {
    await server.empty(database);
    return { store: open(), openAnother: async () => open(), close };
  });

  it('locks records in a fixed order, so overlapping changes do not deadlock', async () => {
    const [one, other] = [open(), open()];
    const soon = () => performance.now() + 5000;
    const [user, organization] = [SAMPLES.user(), SAMPLES.organization()];
    await one.commit(
      aChange([create(user.key, user.first), create(organization.key, organization.first)]),
      soon(),
    );
    // Each change waits for its first lock. Then one table is released, and later the other.
    const releases = [await lockAll('users'), await lockAll('organizations')];
    const racing = race([
      one.commit(
        aChange([update(user.key, 1, user.second)], { conditions: [{ key: organization.key, version: 1 }] }),
        soon(),
      ),
      other.commit(
        aChange([update(organization.key, 1, organization.second)], {
          conditions: [{ key: user.key, version: 1 }],
        }),
        soon(),
      ),
    ]);
    for (const release of releases) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await release();
    }
    expect((await racing).winners).to.have.length(1);
    await close();
    expect(await deadlocks()).to.equal(0);
  });

  it('inserts records and appends events in a fixed order too', async () => {
    const [one, other] = [open(), open()];
    const soon = () => performance.now() + 5000;
    for (let round = 0; round < 20; round += 1) {
      const [first, second, third] = [SAMPLES.user(), SAMPLES.user(), SAMPLES.user()];
      const streams = [organizationStream(), userStream()];
      const [creation, ...creations] = [first, second].map(({ key, first: record }) => create(key, record));
      if (creation === undefined) return expect.fail('nothing to create');
      const { winners } = await race([
        one.commit(aChange([creation, ...creations], { events: [anEvent(streams)] }), soon()),
        other.commit(aChange([...creations, creation], { events: [anEvent(streams.toReversed())] }), soon()),
        one.commit(
          aChange([create(third.key, third.first)], { events: [anEvent(streams.toReversed())] }),
          soon(),
        ),
      ]);
      expect(winners).to.have.length(2);
    }
    await close();
    expect(await deadlocks()).to.equal(0);
  });

  it('checks the conditions of a change without writes', async () => {
    const store = open();
    const user = SAMPLES.user();
    const soon = () => performance.now() + 5000;
    await store.commit(aChange([create(user.key, user.first)]), soon());
    await store.commit(aChange([], { conditions: [{ key: user.key, version: 1 }] }), soon());
    const late = store.commit(aChange([], { conditions: [{ key: user.key, version: 2 }] }), soon());
    await expectConflict(late, user.key);
    await close();
  });

  async function deadlocks(): Promise<number> {
    const [row] = await server.sql(
      `SELECT deadlocks FROM pg_stat_database WHERE datname = '${database.name}'`,
    );
    return Number(row?.['deadlocks']);
  }

  /** Locks all rows of a table. @returns a function that releases them */
  async function lockAll(table: string): Promise<() => Promise<void>> {
    const client = new Client({ connectionString: database.adminUrl });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(`BEGIN; SELECT FROM rollcall.${table} FOR UPDATE`);
    return async () => {
      await client.query('COMMIT');
      await client.end();
    };
  }

  it('commits each version once while three processes update one record', async () => {
    await contendInProcesses(open(), new URL('./contention-process.ts', import.meta.url), [database.url]);
    await close();
  }).timeout(60_000);
});
