import type { Deadline } from '../../ports/clock.ts';
import type { Diagnosable, Finding } from '../../ports/diagnosis.ts';
import { reasonOf } from '../../ports/errors.ts';
import type { PostgresDatabase } from './postgres-database.ts';
import type { Row, Statement } from './postgres-session.ts';
import { checkSchema } from './schema.ts';
import { findingOf } from './schema-finding.ts';
import { SCHEMA } from './schema-names.ts';
import { grantsFor } from './schema-problems.ts';

const SETTINGS: Statement = {
  text: `SELECT current_setting('server_version') AS version, current_user AS role, current_database() AS database,
           current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit`,
};

/** The privileges on our tables that the role of this connection does not have. */
const LACKING: Statement = {
  text: `SELECT current_user AS role, string_agg(privilege || ' on ' || c.relname, ', ' ORDER BY c.relname, privilege) AS lacking
         FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
         WHERE c.relnamespace = to_regnamespace('${SCHEMA}') AND c.relkind = 'r'
           AND c.relname <> 'schema_migrations' AND NOT has_table_privilege(c.oid, privilege)`,
};

/** Whether the server is a primary that keeps what it acknowledges, with our schema and a role that may use it. */
export class PostgresDiagnosis implements Diagnosable {
  readonly #database: PostgresDatabase;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  async diagnose(deadline: Deadline): Promise<readonly Finding[]> {
    try {
      const [settings = {}] = await this.#database.read(SETTINGS, deadline);
      const schema = (await checkSchema(this.#database, deadline)).map(findingOf);
      const [privileges = {}] = await this.#database.read(LACKING, deadline);
      return [...settingFindings(settings), ...schema, ...privilegeFindings(privileges)];
    } catch (error) {
      return [
        {
          level: 'problem',
          what: reasonOf(error),
          advice:
            'check DATABASE_URL, and that the server runs, is the primary, and can be reached from here',
        },
      ];
    }
  }
}

function settingFindings({ version, role, database, fsync, synchronous_commit }: Row): Finding[] {
  return [
    { level: 'ok', what: `postgresql: version ${version}, a primary; database ${database}, role ${role}` },
    fsync === 'on'
      ? { level: 'ok', what: 'postgresql: fsync on' }
      : {
          level: 'warning',
          what: 'postgresql: fsync off; if the machine crashes, what was acknowledged is lost, or the whole database',
          advice: "ALTER SYSTEM SET fsync = 'on', and restart the server",
        },
    synchronous_commit === 'off'
      ? {
          level: 'warning',
          what: 'postgresql: synchronous_commit off; Rollcall switches it on for its own changes',
          advice: `ALTER DATABASE … SET synchronous_commit = 'on', so that other programs’ changes survive a crash too`,
        }
      : { level: 'ok', what: `postgresql: synchronous_commit ${synchronous_commit}` },
  ];
}

function privilegeFindings({ role, lacking }: Row): Finding[] {
  if (lacking === null || lacking === undefined) return [];
  return [
    {
      level: 'problem',
      what: `postgresql: role ${role} lacks ${lacking}`,
      advice: `as the owner: ${grantsFor(String(role))}`,
    },
  ];
}
