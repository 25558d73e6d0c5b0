import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { handOver } from '../../support/postgres-binaries.ts';
import { PASSWORD, PostgresServer, SERVICE } from '../../support/postgres-server.ts';
import { endProcesses } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const GRANTS =
  `GRANT USAGE ON SCHEMA rollcall TO "${SERVICE}"; ` +
  `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA rollcall TO "${SERVICE}"`;

describe('rollcall doctor, with PostgreSQL', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let server: PostgresServer;
  let database: string;

  before(async () => {
    const [key, certificate] = [join(folder.path, 'server.key'), join(folder.path, 'server.crt')];
    const args = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=db.example.org',
    ];
    execFileSync('openssl', [...args, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    for (const path of [folder.path, key, certificate]) handOver(path);
    server = await PostgresServer.start({ ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key });
    ({ name: database } = await server.createStoreDatabase());
  });
  after(async () => {
    await endProcesses();
    await server?.stop();
    folder.remove();
  });

  const doctor = async (url: string) => {
    const result = await runRollcall(['doctor'], {
      env: { STORE: 'postgres', CACHE: 'none', DATABASE_URL: url, STORE_TIMEOUT_MS: '500' },
    });
    expect(result.stdout + result.stderr).to.not.contain(PASSWORD);
    return result;
  };
  const urlOf = (name: string) => server.url(name, { role: SERVICE });

  it('reports no problem for a role that can read and write, but owns nothing', async () => {
    const { exit, lines } = await doctor(urlOf(database));
    expect(lines[0])
      .to.match(/^ok {7}postgresql: version \d+\..*, the primary of system \d+ on timeline 1; /)
      .and.to.match(new RegExp(`database ${database}, role ${SERVICE}$`));
    expect(lines.slice(1, 5)).to.deep.equal([
      `ok       postgresql: connection to 127.0.0.1:${server.port}: encrypted (TLSv1.3), server not verified (sslmode=prefer)`,
      'ok       postgresql: fsync on',
      'ok       postgresql: synchronous_commit on',
      'ok       postgresql: schema rollcall: version 4',
    ]);
    expect([exit, lines.at(-1)]).to.deep.equal([0, '0 problems, 0 warnings']);
  });

  const mistakes: Readonly<Record<string, [url: () => string, what: string, advice: string]>> = {
    'a wrong password': [
      () => server.url(database, { role: SERVICE, password: 'wrong' }),
      `PostgreSQL refused: password authentication failed for user "${SERVICE}"`,
      "check the role and its password in DATABASE_URL, and the entries for this role in the server's pg_hba.conf",
    ],
    'an unknown database': [
      () => urlOf('nowhere'),
      'PostgreSQL refused: database "nowhere" does not exist',
      'name another database in DATABASE_URL, or create this one: CREATE DATABASE … ENCODING UTF8',
    ],
    'an untrusted certificate': [
      () => `${urlOf(database)}?sslmode=verify-full`,
      'PostgreSQL refused: its certificate is not accepted: self-signed certificate',
      'in DATABASE_URL, use the host name in the certificate, and set sslrootcert= to the file of the CA that signed it',
    ],
    'a server that cannot be reached': [
      () => server.url(database, { role: SERVICE, port: 9 }),
      'PostgreSQL cannot be reached: connection refused (127.0.0.1:9)',
      'check DATABASE_URL, and that the server is running, is the primary, and is reachable from here',
    ],
  };
  for (const [mistake, [url, what, advice]] of Object.entries(mistakes)) {
    it(`reports the cause, with advice: ${mistake}`, async () => {
      const { exit, lines } = await doctor(url());
      expect(lines.slice(0, 2)).to.deep.equal([`problem  ${what}`, `         → ${advice}`]);
      expect(exit).to.equal(1);
    });
  }

  it('reports each cause once', async () => {
    const { lines } = await doctor(server.url(database, { role: SERVICE, password: 'wrong' }));
    expect(lines[0]).to.match(/^problem {2}.*password authentication failed/);
    expect(lines[2]).to.match(/^ok {7}cache: /);
    expect(lines.slice(3)).to.deep.equal(['1 problem, 0 warnings']);
  });

  it('reports each missing privilege once, with the statements to grant them', async () => {
    const { name } = await server.createStoreDatabase();
    await server.sql(
      `REVOKE INSERT, UPDATE ON rollcall.users, rollcall.events FROM ${SERVICE};
       REVOKE ALL ON rollcall.meta FROM ${SERVICE}`,
      name,
    );
    const some = await doctor(urlOf(name));
    expect(some.lines).to.include.members([
      `problem  postgresql: role ${SERVICE} lacks INSERT, UPDATE on events, users; SELECT, INSERT, UPDATE, DELETE on meta`,
      `         → as its owner: ${GRANTS}`,
    ]);
    await server.sql(`REVOKE ALL ON SCHEMA rollcall FROM ${SERVICE}`, name);
    const none = await doctor(urlOf(name));
    expect(none.lines.slice(4, 6)).to.deep.equal([
      `problem  postgresql: schema rollcall: role ${SERVICE} has no access`,
      `         → as its owner: ${GRANTS}`,
    ]);
    expect(none.lines.at(-1)).to.equal('1 problem, 0 warnings');
    expect([some.exit, none.exit]).to.deep.equal([1, 1]);
  });

  it('reports a missing schema, with the command to create it', async () => {
    const { exit, lines } = await doctor(server.url(await server.createDatabase()));
    expect(lines.slice(4, 6)).to.deep.equal([
      'problem  postgresql: schema rollcall: not found',
      '         → run `rollcall provision`',
    ]);
    expect(lines.at(-1)).to.equal('1 problem, 0 warnings');
    expect(exit).to.equal(1);
  });
});
