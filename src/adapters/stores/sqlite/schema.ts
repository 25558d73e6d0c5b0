import type { SqliteDatabase } from './driver/sqlite-driver.ts';

/**
 * One table for all records, addressed by kind, parent and name. Each is a JSON document with its version;
 * where the document is NULL the row is a tombstone. Entry n migrates a file from `user_version` n to n + 1.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE records (
     kind       TEXT    NOT NULL CHECK (kind IN ('user', 'organization', 'membership', 'email', 'invitation')),
     parent     TEXT    NOT NULL,
     name       TEXT    NOT NULL,
     version    INTEGER NOT NULL CHECK (version > 0),
     record     TEXT    CHECK (json_valid(record)),
     deleted_at TEXT,
     expires_at TEXT,
     PRIMARY KEY (kind, parent, name),
     CHECK ((record IS NULL) = (deleted_at IS NOT NULL) AND (deleted_at IS NULL) = (expires_at IS NULL))
   ) WITHOUT ROWID;
   CREATE INDEX memberships_by_user ON records (name, parent) WHERE kind = 'membership';
   CREATE INDEX tombstones_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;

   CREATE TABLE events (
     stream TEXT    NOT NULL,
     seq    INTEGER NOT NULL CHECK (seq > 0),
     event  TEXT    NOT NULL CHECK (json_valid(event)),
     PRIMARY KEY (stream, seq)
   ) WITHOUT ROWID;

   CREATE TABLE idempotency (
     id         TEXT NOT NULL PRIMARY KEY,
     record     TEXT NOT NULL CHECK (json_valid(record)),
     expires_at TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

   CREATE TABLE meta (
     id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
     store_id   TEXT    NOT NULL,
     generation INTEGER NOT NULL CHECK (generation > 0),
     cache      TEXT    NOT NULL
   );`,

  // Before 3.45, json_valid(NULL) is 0: to such a SQLite, a file with tombstones is damaged.
  `CREATE TABLE new_records (
     kind       TEXT    NOT NULL CHECK (kind IN ('user', 'organization', 'membership', 'email', 'invitation')),
     parent     TEXT    NOT NULL,
     name       TEXT    NOT NULL,
     version    INTEGER NOT NULL CHECK (version > 0),
     record     TEXT    CHECK (record IS NULL OR json_valid(record)),
     deleted_at TEXT,
     expires_at TEXT,
     PRIMARY KEY (kind, parent, name),
     CHECK ((record IS NULL) = (deleted_at IS NOT NULL) AND (deleted_at IS NULL) = (expires_at IS NULL))
   ) WITHOUT ROWID;
   INSERT INTO new_records SELECT * FROM records;
   DROP TABLE records;
   ALTER TABLE new_records RENAME TO records;
   CREATE INDEX memberships_by_user ON records (name, parent) WHERE kind = 'membership';
   CREATE INDEX tombstones_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;`,

  // All of the epoch is compared when the record is replaced, so it is one text.
  'ALTER TABLE meta ADD COLUMN epoch TEXT CHECK (epoch IS NULL OR json_valid(epoch));',
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** The file was written by a newer Rollcall, whose schema this one does not know. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';
  constructor(found: number) {
    super(`its schema has version ${found}; this Rollcall knows versions up to ${SCHEMA_VERSION}`);
  }
}

/** Migrates the file to `SCHEMA_VERSION`, in one transaction. @throws {SchemaTooNew} and whatever SQLite throws */
export function migrate(db: SqliteDatabase): void {
  if (schemaVersion(db) === SCHEMA_VERSION) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const migration of MIGRATIONS.slice(checkSchemaVersion(db))) db.exec(migration);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** @returns the version of the file's schema; 0 = it is empty. @throws {SchemaTooNew} and whatever SQLite throws */
export function checkSchemaVersion(db: SqliteDatabase): number {
  const found = schemaVersion(db);
  if (found > SCHEMA_VERSION) throw new SchemaTooNew(found);
  return found;
}

function schemaVersion(db: SqliteDatabase): number {
  const [row] = db.prepare('PRAGMA user_version').all() as { user_version: number }[];
  return row?.user_version ?? 0;
}

/** Writes one page as it is, to find out whether the disk takes a write. For use in a transaction. */
export function rewriteHeader(db: SqliteDatabase): void {
  db.exec(`PRAGMA user_version = ${schemaVersion(db)}`);
}
