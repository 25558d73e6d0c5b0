import { expect } from 'chai';
import { chooseDriver } from '../../../../src/adapters/stores/sqlite/driver/choose-driver.ts';
import type { SqliteDriver } from '../../../../src/adapters/stores/sqlite/driver/sqlite-driver.ts';
import { membershipKey, userKey } from '../../../../src/domain/records.ts';
import {
  aChange,
  aMembership,
  anEvent,
  aUser,
  create,
  erase,
  userStream,
} from '../../../support/accounts.ts';
import { openSqliteFile } from '../../../support/sqlite.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** The table of records as version 1 of the schema had it. */
const RECORDS_1 = `
  CREATE TABLE old_records (
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
  INSERT INTO old_records SELECT * FROM records;
  DROP TABLE records;
  ALTER TABLE old_records RENAME TO records;
  CREATE INDEX memberships_by_user ON records (name, parent) WHERE kind = 'membership';
  CREATE INDEX tombstones_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
  ALTER TABLE meta DROP COLUMN epoch;
  PRAGMA user_version = 1`;

describe('a SQLite file of an earlier schema', () => {
  let driver: SqliteDriver;
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;

  beforeEach(async () => {
    driver = await chooseDriver();
    folder = temporaryFolder();
    path = `${folder.path}/rollcall.db`;
  });
  afterEach(() => folder.remove());

  function query(sql: string): unknown[] {
    const db = driver.open(path);
    const rows = db.prepare(sql).all();
    db.close();
    return rows.map((row) => ({ ...(row as object), _metadata: undefined }));
  }

  it('is migrated when it is opened, and keeps its records, tombstones, events and indexes', async () => {
    const [ann, bob] = [aUser(), aUser()];
    const membership = aMembership();
    const stream = userStream(ann.id);
    const keys = [
      userKey(ann.username),
      userKey(bob.username),
      membershipKey(membership.organizationName, membership.memberUsername),
    ] as const;
    const first = await openSqliteFile(path);
    await first.commit(
      aChange([create(keys[0], ann), create(keys[1], bob), create(keys[2], membership)], {
        events: [anEvent([stream])],
      }),
      NEVER,
    );
    await first.commit(aChange([erase(keys[1], 1)]), NEVER);
    const before = await first.readMany(keys, NEVER);
    first.close();
    const schema = () => query('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name');
    const fresh = schema();
    const old = driver.open(path);
    old.exec(RECORDS_1);
    old.close();
    expect(schema()).not.to.deep.equal(fresh);

    const store = await openSqliteFile(path);
    expect(await store.readMany(keys, NEVER)).to.deep.equal(before);
    expect(await store.listEvents(stream, 0, 10, NEVER)).to.have.length(1);
    const page = await store.listMembershipsOfUser(membership.memberUsername, { limit: 10 }, NEVER);
    expect(page.items).to.have.length(1);
    store.close();
    expect(schema()).to.deep.equal(fresh);
  });
});
