import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PostgresDatabase } from '../../../../src/adapters/stores/postgres/database/postgres-database.ts';
import { PostgresDiagnosis } from '../../../../src/adapters/stores/postgres/postgres-diagnosis.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { userKey } from '../../../../src/domain/records.ts';
import { StoreUnavailable } from '../../../../src/ports/errors.ts';
import { aChange, aUser, create } from '../../../support/accounts.ts';
import { handOver } from '../../../support/postgres-binaries.ts';
import {
  openDatabase,
  PostgresServer,
  postgresStore,
  SERVICE,
  type StoreDatabase,
} from '../../../support/postgres-server.ts';

describe('PostgresDiagnosis', () => {
  const clock = new SystemClock();
  let server: PostgresServer;
  let base: StoreDatabase;
  let database: PostgresDatabase;

  beforeEach(async () => {
    server = await PostgresServer.start();
    base = await server.createStoreDatabase();
    database = openDatabase(base.url);
  });
  afterEach(async () => {
    await database?.close();
    await server?.stop();
  });

  const diagnose = () => new PostgresDiagnosis(database).diagnose(clock.monotonic() + 1500);
  const found = async (level: string) =>
    (await diagnose()).filter((finding) => finding.level === level).map(({ what }) => what);

  it('reports no problem for a durable primary and a role with read and write privileges', async () => {
    const findings = await diagnose();
    expect(findings.map(({ level }) => level)).to.deep.equal(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(findings[0]?.what)
      .to.match(/the primary of system \d+ on timeline 1;/)
      .and.contain(`role ${SERVICE}`);
  });

  it('reports schema problems and missing privileges', async () => {
    await server.sql(`REVOKE UPDATE ON rollcall.users FROM ${SERVICE}`, base.name);
    const [problem, ...others] = await found('problem');
    expect(others).to.deep.equal([]);
    expect(problem).to.contain(`role ${SERVICE} lacks UPDATE on users`);
    await server.sql(`DELETE FROM rollcall.schema_migrations WHERE version = 4`, base.name);
    expect((await found('problem'))[0]).to.contain('version 3');
    await server.sql('DROP SCHEMA rollcall CASCADE', base.name);
    expect(await found('problem')).to.deep.equal(['postgresql: schema rollcall: not found']);
  });

  it('warns if commits are not durable by default; the commits of the store are', async () => {
    await server.sql(`ALTER DATABASE ${base.name} SET synchronous_commit = off`);
    await server.sql(`ALTER SYSTEM SET fsync = off`);
    await server.sql('SELECT pg_reload_conf()');
    expect(await found('warning')).to.have.length(2);
    await database.change(
      [],
      () => ({
        result: undefined,
        statements: [
          {
            text: `SELECT 1 / (current_setting('synchronous_commit') = 'on')::int AS "fails where it is off"`,
          },
        ],
      }),
      clock.monotonic() + 2000,
    );
  });

  it('reports a standby; the store neither reads from it nor writes to it', async () => {
    const user = aUser();
    await server.shutDown();
    const signal = join(server.data, 'standby.signal');
    writeFileSync(signal, '');
    handOver(signal);
    await server.start();
    const [problem] = (await diagnose()).filter(({ level }) => level === 'problem');
    expect(problem?.what).to.contain('a standby answered').and.contain('recovery');
    expect(problem?.advice)
      .to.contain('set DATABASE_URL to the primary')
      .and.contain('app_name_redirect_preference_list');
    const store = postgresStore(database);
    for (const attempt of [
      () => store.readMany([userKey(user.username)], clock.monotonic() + 300),
      () => store.commit(aChange([create(userKey(user.username), user)]), clock.monotonic() + 300),
    ]) {
      const refusal = await attempt().catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(StoreUnavailable);
      expect((refusal as Error).message).to.contain('recovery');
    }
  });

  it('reports an unreachable server', async () => {
    await server.shutDown();
    const [problem] = await found('problem');
    expect(problem).to.contain('PostgreSQL cannot be reached: connection refused');
  });
});
