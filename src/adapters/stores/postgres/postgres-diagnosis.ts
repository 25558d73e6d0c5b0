import type { Deadline } from '../../../ports/clock.ts';
import type { Diagnosable, Finding } from '../../../ports/diagnosis.ts';
import { reasonOf } from '../../../ports/errors.ts';
import {
  isAuthenticationRefused,
  isCertificateRefused,
  isStandby,
  sqlStateOf,
} from './connection/postgres-failure.ts';
import type { Row, Statement } from './connection/postgres-session.ts';
import { connectionFinding } from './connection-finding.ts';
import { timelineOf, WAL_FILE } from './database/evidence.ts';
import type { PostgresDatabase } from './database/postgres-database.ts';
import { checkSchema } from './schema/schema.ts';
import { findingOf } from './schema/schema-finding.ts';
import { SCHEMA } from './schema/schema-names.ts';
import { grantsFor } from './schema/schema-problems.ts';

const NO_SUCH_DATABASE = '3D000';

const SETTINGS: Statement = {
  text: `SELECT current_setting('server_version') AS version, current_user AS role, current_database() AS database,
           (SELECT system_identifier::text FROM pg_control_system()) AS system, ${WAL_FILE} AS wal_file,
           (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS tls,
           current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit`,
};

/** The privileges that the role of this connection lacks. Tables that lack the same privileges are grouped. */
const LACKING: Statement = {
  text: `WITH lacking AS (
           SELECT c.relname AS table, string_agg(p.name, ', ' ORDER BY p.number) AS privileges
           FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) WITH ORDINALITY AS p(name, number)
           WHERE c.relnamespace = to_regnamespace('${SCHEMA}') AND c.relkind = 'r'
             AND c.relname <> 'schema_migrations' AND NOT has_table_privilege(c.oid, p.name)
           GROUP BY c.relname)
         SELECT current_user AS role, privileges, string_agg("table", ', ' ORDER BY "table") AS tables
         FROM lacking GROUP BY privileges ORDER BY tables`,
};

/** Checks the primary, its durability settings, the schema, and the privileges of the role. */
export class PostgresDiagnosis implements Diagnosable {
  readonly #database: PostgresDatabase;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  async diagnose(deadline: Deadline): Promise<readonly Finding[]> {
    try {
      const [settings = {}] = await this.#database.reads.query(SETTINGS, deadline);
      const schema = (await checkSchema(this.#database, deadline)).map(findingOf);
      const isUsable = schema.every(({ level }) => level === 'ok');
      const lacking = isUsable ? await this.#database.reads.query(LACKING, deadline) : [];
      return [
        serverFinding(settings),
        ...this.#connectionFindings(settings),
        ...durabilityFindings(settings),
        ...schema,
        ...privilegeFindings(lacking),
      ];
    } catch (error) {
      return [{ level: 'problem', what: reasonOf(error), advice: adviceOn(error) }];
    }
  }

  #connectionFindings({ tls }: Row): Finding[] {
    const { lastOpened, tls: mode } = this.#database;
    if (lastOpened === undefined) return [];
    return [connectionFinding({ ...lastOpened, serverTls: typeof tls === 'string' ? tls : undefined }, mode)];
  }
}

function serverFinding({ version, role, database, system, wal_file }: Row): Finding {
  const primary = `the primary of system ${system} on timeline ${timelineOf(wal_file)}`;
  return {
    level: 'ok',
    what: `postgresql: version ${version}, ${primary}; database ${database}, role ${role}`,
  };
}

function durabilityFindings({ fsync, synchronous_commit }: Row): Finding[] {
  return [
    fsync === 'on'
      ? { level: 'ok', what: 'postgresql: fsync on' }
      : {
          level: 'warning',
          what: 'postgresql: fsync off; if the machine crashes, acknowledged changes or the whole database may be lost',
          advice: "ALTER SYSTEM SET fsync = 'on', and restart the server",
        },
    synchronous_commit === 'off'
      ? {
          level: 'warning',
          what: 'postgresql: synchronous_commit off; Rollcall turns it on for its own transactions',
          advice: `ALTER DATABASE … SET synchronous_commit = 'on', so that the changes of other programs survive a crash too`,
        }
      : { level: 'ok', what: `postgresql: synchronous_commit ${synchronous_commit}` },
  ];
}

function privilegeFindings(lacking: readonly Row[]): Finding[] {
  const [first] = lacking;
  if (first === undefined) return [];
  const role = String(first['role']);
  const all = lacking.map(({ privileges, tables }) => `${privileges} on ${tables}`).join('; ');
  return [
    {
      level: 'problem',
      what: `postgresql: role ${role} lacks ${all}`,
      advice: `as its owner: ${grantsFor(role)}`,
    },
  ];
}

function adviceOn(error: unknown): string {
  if (isCertificateRefused(error)) {
    return 'in DATABASE_URL, use the host name in the certificate, and set sslrootcert= to the file of the CA that signed it';
  }
  if (isStandby(error)) {
    return (
      'set DATABASE_URL to the primary; if a proxy distributes reads, configure it to send all queries of the application ' +
      "rollcall to the primary (pgpool-II: app_name_redirect_preference_list = 'rollcall:primary')"
    );
  }
  if (isAuthenticationRefused(error)) {
    return "check the role and its password in DATABASE_URL, and the entries for this role in the server's pg_hba.conf";
  }
  if (sqlStateOf(error) === NO_SUCH_DATABASE) {
    return 'name another database in DATABASE_URL, or create this one: CREATE DATABASE … ENCODING UTF8';
  }
  return 'check DATABASE_URL, and that the server is running, is the primary, and is reachable from here';
}
