import { expect } from 'chai';
import { Client } from 'pg';
import type { PostgresDatabase } from '../../../../src/adapters/stores/postgres/database/postgres-database.ts';
import { PostgresMaintenance } from '../../../../src/adapters/stores/postgres/postgres-maintenance.ts';
import { MIGRATIONS } from '../../../../src/adapters/stores/postgres/schema/migrations/migrations.ts';
import {
  checkSchema,
  provisionSchema,
  requireSchema,
} from '../../../../src/adapters/stores/postgres/schema/schema.ts';
import {
  SchemaMismatch,
  UnfitServer,
} from '../../../../src/adapters/stores/postgres/schema/schema-problems.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { userKey } from '../../../../src/domain/records.ts';
import { StoreUnavailable } from '../../../../src/ports/errors.ts';
import { aChange, aUser, create } from '../../../support/accounts.ts';
import {
  openDatabase,
  PASSWORD,
  PostgresServer,
  postgresStore,
  SERVICE,
} from '../../../support/postgres-server.ts';

describe('the PostgreSQL schema', () => {
  const clock = new SystemClock();
  const soon = () => clock.monotonic() + 5000;
  let server: PostgresServer;
  let name: string;
  let admin: PostgresDatabase;
  const opened: PostgresDatabase[] = [];

  before(async () => {
    server = await PostgresServer.start({ fsync: 'off' });
  });
  after(() => server?.stop());
  beforeEach(async () => {
    name = await server.createDatabase();
    admin = open(server.url(name));
  });
  afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));

  function open(url: string): PostgresDatabase {
    const database = openDatabase(url, 2);
    opened.push(database);
    return database;
  }

  const asService = () => open(server.url(name, { role: SERVICE }));
  const provision = (database = admin) => provisionSchema(database, soon());
  const states = async (findings: Promise<readonly { state: string }[]>) =>
    (await findings).map(({ state }) => state);
  const refusalOf = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail('it should have been refused'),
      (error: unknown) => error as Error,
    );

  /** Creates the schema as an earlier version of Rollcall did. */
  async function createVersion(version: number): Promise<void> {
    await server.sql(
      `CREATE SCHEMA rollcall;
       CREATE TABLE rollcall.schema_migrations (version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());`,
      name,
    );
    for (const [index, migration] of MIGRATIONS.slice(0, version).entries()) {
      await server.sql(migration.sql, name);
      const values = [index + 1, migration.name];
      await server.sql(
        'INSERT INTO rollcall.schema_migrations (version, name) VALUES ($1, $2)',
        name,
        values,
      );
    }
  }

  const all = (state: string) => MIGRATIONS.map(() => state);

  it('is created if missing, and unchanged if it is already correct', async () => {
    expect(await states(provision())).to.deep.equal(all('created'));
    expect(await states(provision())).to.deep.equal(all('right'));
    expect(await states(checkSchema(admin, soon()))).to.deep.equal(['right']);
    await requireSchema(admin, soon());
  });

  it('can be provisioned concurrently', async () => {
    const findings = await Promise.all([1, 2, 3, 4].map(() => states(provision(open(server.url(name))))));
    expect(findings.filter((found) => found.includes('created'))).to.have.length(1);
    await requireSchema(admin, soon());
  });

  it('is provisioned by one session at a time', async () => {
    await createVersion(1);
    const blocker = new Client({ connectionString: server.url(name) });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK rollcall.schema_migrations IN SHARE MODE');
    const both = Promise.all([1, 2].map(() => states(provision(open(server.url(name))))));
    const locks = `SELECT granted, count(*)::int FROM pg_locks WHERE locktype = 'advisory' GROUP BY granted ORDER BY granted`;
    const deadline = clock.monotonic() + 3000;
    let found: unknown[] = [];
    while (found.length < 2 && clock.monotonic() < deadline) found = await server.sql(locks);
    await blocker.query('COMMIT');
    await blocker.end();
    expect(found).to.deep.equal([
      { granted: false, count: 1 },
      { granted: true, count: 1 },
    ]);
    expect((await both).toSorted()).to.deep.equal([
      ['right', 'created', 'created', 'created'],
      ['right', 'right', 'right', 'right'],
    ]);
  });

  it('is upgraded from an earlier version and keeps its data', async () => {
    await createVersion(1);
    const user = aUser();
    await server.sql(
      `INSERT INTO rollcall.users (username, version, deleted_at, kept_until) VALUES ($1, 7, now(), now())`,
      name,
      [user.username],
    );
    expect(await states(provision())).to.deep.equal(['right', 'created', 'created', 'created']);
    const [loaded] = await postgresStore(admin).readMany([userKey(user.username)], soon());
    expect(loaded.version).to.equal(7);
  });

  it('is rejected if it is missing or older, with the command to run', async () => {
    const missing = await refusalOf(requireSchema(admin, soon()));
    expect(missing).to.be.instanceOf(SchemaMismatch).and.to.have.property('state', 'missing');
    expect(missing.message).to.contain('rollcall provision');
    expect(await states(checkSchema(admin, soon()))).to.deep.equal(['missing']);
    await createVersion(2);
    const older = await refusalOf(requireSchema(admin, soon()));
    expect(older).to.be.instanceOf(SchemaMismatch).and.to.have.property('state', 'older');
    expect(older.message).to.contain('rollcall provision').and.contain('version 2');
  });

  it('is rejected if it is newer, and not changed', async () => {
    await provision();
    await server.sql(`INSERT INTO rollcall.schema_migrations (version, name) VALUES (99, 'to come')`, name);
    for (const attempt of [requireSchema(admin, soon()), provision()]) {
      const refusal = await refusalOf(attempt);
      expect(refusal).to.be.instanceOf(SchemaMismatch).and.to.have.property('state', 'newer');
      expect(refusal.message).to.contain('99').and.contain('rollcall provision');
    }
    expect(await states(checkSchema(admin, soon()))).to.deep.equal(['wrong']);
  });

  it('is created completely or not at all', async () => {
    await server.sql('CREATE SCHEMA rollcall; CREATE TABLE rollcall.meta (other text)', name);
    const refusal = await refusalOf(provision());
    expect(refusal).to.be.instanceOf(StoreUnavailable);
    expect(refusal.message).to.contain('already exists');
    const tables = await server.sql(`SELECT tablename FROM pg_tables WHERE schemaname = 'rollcall'`, name);
    expect(tables).to.deep.equal([{ tablename: 'meta' }]);
  });

  it('requires only ownership of the schema', async () => {
    await server.sql(`CREATE SCHEMA rollcall AUTHORIZATION ${SERVICE}`, name);
    const service = asService();
    expect(await states(provision(service))).to.deep.equal(all('created'));
    const user = aUser();
    await postgresStore(service).commit(aChange([create(userKey(user.username), user)]), soon());
  });

  it('serves a role that owns nothing, and names its missing privileges', async () => {
    const service = asService();
    const denied = await refusalOf(provision(service));
    expect(denied).to.be.instanceOf(StoreUnavailable);
    expect(denied.message).to.contain('permission denied');
    await provision();
    const forbidden = await refusalOf(requireSchema(service, soon()));
    expect(forbidden).to.be.instanceOf(SchemaMismatch).and.to.have.property('state', 'forbidden');
    expect(forbidden.message).to.contain(`GRANT USAGE ON SCHEMA rollcall TO "${SERVICE}"`);
    await server.sql((forbidden as SchemaMismatch).advice.replace('as its owner: ', ''), name);
    expect(await states(provision(service))).to.deep.equal(all('right'));
    const user = aUser();
    await postgresStore(service).commit(aChange([create(userKey(user.username), user)]), soon());
  });

  it('serves that role if PUBLIC has no default EXECUTE privilege on functions', async () => {
    await server.sql('ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC', name);
    await provision();
    const service = asService();
    const forbidden = await refusalOf(requireSchema(service, soon()));
    await server.sql((forbidden as SchemaMismatch).advice.replace('as its owner: ', ''), name);
    const user = aUser();
    await postgresStore(service).commit(aChange([create(userKey(user.username), user)]), soon());
  });

  it('requires an encoding that can represent every name', async () => {
    const ascii = await server.createDatabase(
      `ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`,
    );
    const refusal = await refusalOf(provision(open(server.url(ascii))));
    expect(refusal).to.be.instanceOf(UnfitServer);
    expect(refusal.message).to.contain('SQL_ASCII');
  });

  it('rejects invalid rows by constraints', async () => {
    await provision();
    const times = 'now(), now()';
    for (const statement of [
      `users (username, version, deleted_at, kept_until) VALUES ('Ann', 1, ${times})`,
      `users (username, version, deleted_at, kept_until) VALUES ('ann', 0, ${times})`,
      `users (username, version, email, deleted_at, kept_until) VALUES ('ann', 1, 'ann@example.org', ${times})`,
      `users (username, version) VALUES ('ann', 1)`,
      `memberships (organization_name, username, version, organization_id, user_id, role, created_at, updated_at)
         VALUES ('acme', 'ann', 1, 'o', 'u', 'King', ${times})`,
      `events (stream_kind, stream_id, seq, type, actor, subject, changes, version, at)
         VALUES ('user', 'nobody', 1, 't', '{}', '{}', '{}', 1, now())`,
    ]) {
      const refusal = await refusalOf(server.sql(`INSERT INTO rollcall.${statement}`, name));
      expect(refusal.message, statement).to.contain('violates');
    }
  });

  it('is provisioned with findings for the command line, also when repeated', async () => {
    const maintenance = new PostgresMaintenance(admin, clock);
    const created = await maintenance.provision(soon());
    expect(created.map(({ level }) => level)).to.deep.equal(all('ok'));
    expect(created[0]?.what).to.contain('created just now');
    expect((await maintenance.provision(soon()))[0]?.what).to.not.contain('created just now');
  });

  it('does not disclose the password in errors', async () => {
    const { inspect } = await import('node:util');
    const secret = 'p4ss-word';
    const urls = [
      server.url(name, { password: secret }),
      server.url(name, { password: secret, port: 9 }),
      server.url('nowhere', { password: PASSWORD }),
      `${server.url(name, { password: secret })}?sslmode=verify-full`,
    ];
    for (const url of urls) {
      const refusal = await refusalOf(requireSchema(open(url), clock.monotonic() + 300));
      expect(refusal).to.be.instanceOf(StoreUnavailable);
      const shown = inspect(refusal, { depth: 20, showHidden: true });
      expect(shown).to.not.contain(secret).and.not.contain(PASSWORD);
      expect(shown).to.not.contain(Buffer.from(secret).toString('base64'));
    }
  });
});
