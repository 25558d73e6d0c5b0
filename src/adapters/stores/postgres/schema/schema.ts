import type { Deadline } from '../../../../ports/clock.ts';
import type { Row, Statement } from '../connection/postgres-session.ts';
import type { PostgresDatabase } from '../database/postgres-database.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import type { SchemaFinding } from './schema-finding.ts';
import { MIGRATIONS_TABLE, SCHEMA } from './schema-names.ts';
import { SchemaMismatch, UnfitServer } from './schema-problems.ts';

/** The first version with 64-bit transaction ids, which are needed to find the outcome of an unacknowledged commit. */
const OLDEST_SERVER = 13;
/** An arbitrary number that no other application uses for an advisory lock. */
const PROVISION_LOCK = 7_245_011_894;

const NEWEST = MIGRATIONS.length;

const ENVIRONMENT: Statement = {
  text: `SELECT current_user AS role, getdatabaseencoding() AS encoding,
           current_setting('server_version_num')::int / 10000 AS server,
           n IS NOT NULL AS exists, coalesce(has_schema_privilege(n, 'USAGE'), false) AS usable
         FROM to_regnamespace('${SCHEMA}') AS n`,
};
const VERSIONS_TABLE: Statement = {
  text: `SELECT t IS NOT NULL AS exists, coalesce(has_table_privilege(t, 'SELECT'), false) AS usable
         FROM to_regclass('${MIGRATIONS_TABLE}') AS t`,
};
const VERSION: Statement = { text: `SELECT coalesce(max(version), 0) AS version FROM ${MIGRATIONS_TABLE}` };

/** CREATE SCHEMA IF NOT EXISTS requires the CREATE privilege even if the schema exists. */
const PREPARE: Statement = {
  text: `DO $$ BEGIN
           IF to_regnamespace('${SCHEMA}') IS NULL THEN CREATE SCHEMA ${SCHEMA}; END IF;
         END $$;
         CREATE TABLE IF NOT EXISTS ${MIGRATIONS_TABLE} (
           version    integer PRIMARY KEY CHECK (version > 0),
           name       text NOT NULL,
           applied_at timestamptz NOT NULL DEFAULT now()
         )`,
};

/** @throws {SchemaMismatch | UnfitServer | StoreUnavailable} */
export async function requireSchema(database: PostgresDatabase, deadline: Deadline): Promise<void> {
  const version = await versionOf(database, deadline);
  if (version === 0) throw SchemaMismatch.missing();
  if (version < NEWEST) throw SchemaMismatch.older(version, NEWEST);
  if (version > NEWEST) throw SchemaMismatch.newer(version, NEWEST);
}

/** Reports the state of the schema without changing it. @throws {StoreUnavailable} */
export async function checkSchema(database: PostgresDatabase, deadline: Deadline): Promise<SchemaFinding[]> {
  try {
    await requireSchema(database, deadline);
    return [{ state: 'right', text: `schema ${SCHEMA}: version ${NEWEST}` }];
  } catch (error) {
    if (!(error instanceof SchemaMismatch) && !(error instanceof UnfitServer)) throw error;
    const isLacking =
      error instanceof SchemaMismatch && (error.state === 'missing' || error.state === 'older');
    return [{ state: isLacking ? 'missing' : 'wrong', text: error.what, advice: error.advice }];
  }
}

/**
 * Creates the schema, or upgrades an older one. Idempotent, and safe to run concurrently.
 * @throws {SchemaMismatch} it is newer, or this role has no access to it
 * @throws {UnfitServer | StoreUnavailable}
 */
export async function provisionSchema(
  database: PostgresDatabase,
  deadline: Deadline,
): Promise<SchemaFinding[]> {
  const version = await versionOf(database, deadline);
  if (version > NEWEST) throw SchemaMismatch.newer(version, NEWEST);
  const before = version === NEWEST ? version : await upgrade(database, deadline);
  return MIGRATIONS.map(({ name }, index) => ({
    state: index < before ? 'right' : 'created',
    text: `schema ${SCHEMA}: version ${index + 1}, ${name}`,
  }));
}

/** @returns the version before the upgrade */
function upgrade(database: PostgresDatabase, deadline: Deadline): Promise<number> {
  const lock: Statement = { text: `SELECT pg_advisory_xact_lock(${PROVISION_LOCK})` };
  return database.change(
    [lock, PREPARE, VERSION],
    ([, , rows]) => {
      const version = versionIn(rows);
      if (version > NEWEST) throw SchemaMismatch.newer(version, NEWEST);
      const statements = MIGRATIONS.slice(version).flatMap(({ name, sql }, index) => [
        { text: sql },
        {
          text: `INSERT INTO ${MIGRATIONS_TABLE} (version, name) VALUES ($1, $2)`,
          values: [version + index + 1, name],
        },
      ]);
      return { result: version, statements };
    },
    deadline,
  );
}

/** 0 = there is no schema. */
async function versionOf(database: PostgresDatabase, deadline: Deadline): Promise<number> {
  const [environment] = await database.reads.query(ENVIRONMENT, deadline);
  const { role, encoding, server, exists, usable } = environment ?? {};
  if (Number(server) < OLDEST_SERVER) {
    throw new UnfitServer(
      `PostgreSQL ${server} is too old`,
      `use version ${OLDEST_SERVER} or later: earlier versions cannot report the outcome of an unacknowledged commit`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new UnfitServer(
      `the database's encoding is ${encoding}`,
      'create a database with ENCODING UTF8: names and texts may be in any script',
    );
  }
  if (exists !== true) return 0;
  if (usable !== true) throw SchemaMismatch.forbidden(String(role));
  const [table] = await database.reads.query(VERSIONS_TABLE, deadline);
  if (table?.['exists'] !== true) return 0;
  if (table['usable'] !== true) throw SchemaMismatch.forbidden(String(role));
  return versionIn(await database.reads.query(VERSION, deadline));
}

function versionIn(rows: readonly Row[] | undefined): number {
  return Number(rows?.[0]?.['version']);
}
