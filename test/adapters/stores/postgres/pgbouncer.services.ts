import { expect } from 'chai';
import { Client } from 'pg';
import type { PostgresDatabase } from '../../../../src/adapters/stores/postgres/database/postgres-database.ts';
import { userKey } from '../../../../src/domain/records.ts';
import { userStoreContract } from '../../../contracts/user-store-contract.ts';
import { aChange, aUser, create } from '../../../support/accounts.ts';
import { contendInProcesses } from '../../../support/contend-in-processes.ts';
import { startPgBouncer } from '../../../support/pgbouncer.ts';
import type { PostgresPooler } from '../../../support/postgres-pooler.ts';
import {
  openDatabase,
  PostgresServer,
  postgresStore,
  SERVICE,
  type StoreDatabase,
} from '../../../support/postgres-server.ts';

/** Fewer server connections than the stores have client connections, so each server connection is shared. */
const POOL_SIZE = 4;

describe('PostgresUserStore behind PgBouncer with transaction pooling', () => {
  let server: PostgresServer;
  let bouncer: PostgresPooler;
  let database: StoreDatabase;
  let url: string;
  const opened: PostgresDatabase[] = [];

  before(async () => {
    server = await PostgresServer.start();
    database = await server.createStoreDatabase();
    bouncer = await startPgBouncer(server, { poolSize: POOL_SIZE });
    url = server.url(database.name, { role: SERVICE, port: bouncer.port });
  });
  after(async () => {
    await bouncer?.stop();
    await server?.stop();
  });

  const open = () => {
    const one = openDatabase(url);
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

  it('leaves no session state on shared server connections', async () => {
    const store = open();
    const user = aUser();
    await store.commit(aChange([create(userKey(user.username), user)]), performance.now() + 5000);
    await store.readMany([userKey(user.username)], performance.now() + 5000);
    const clients = Array.from({ length: POOL_SIZE }, () => new Client({ connectionString: url }));
    await Promise.all(clients.map((client) => client.connect()));
    const sessions = await Promise.all(
      clients.map(async (client) => {
        const { rows } = await client.query(
          `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
             current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('search_path') AS path,
             (SELECT count(*)::int FROM pg_prepared_statements) AS prepared, pg_sleep(0.1)::text AS busy`,
        );
        return rows[0];
      }),
    );
    await Promise.all(clients.map((client) => client.end()));
    const clean = { statement: '0', lock: '0', idle: '0', path: '"$user", public', prepared: 0, busy: '' };
    expect(sessions).to.deep.equal(clients.map(() => clean));
    await close();
  });

  it('commits each version once while three processes update one record', async () => {
    await contendInProcesses(open(), new URL('./contention-process.ts', import.meta.url), [url]);
    await close();
  }).timeout(60_000);
});
