import { expect } from 'chai';
import type { PostgresDatabase } from '../../../../src/adapters/stores/postgres/database/postgres-database.ts';
import { PostgresDiagnosis } from '../../../../src/adapters/stores/postgres/postgres-diagnosis.ts';
import type { PostgresUserStore } from '../../../../src/adapters/stores/postgres/postgres-user-store.ts';
import { userKey } from '../../../../src/domain/records.ts';
import {
  aChange,
  aMembership,
  anEvent,
  anInvitation,
  anOrganization,
  aUser,
  create,
  erase,
  keyOfInvitation,
  keyOfMembership,
  organizationStream,
  unique,
} from '../../../support/accounts.ts';
import { startPgpool } from '../../../support/pgpool.ts';
import type { PostgresPooler } from '../../../support/postgres-pooler.ts';
import {
  openDatabase,
  PostgresServer,
  postgresStore,
  SERVICE,
  type StoreDatabase,
} from '../../../support/postgres-server.ts';

const LAG = '3s';
const ROUNDS = 8;
const soon = () => performance.now() + 5000;

/** Settings that affect to which server pgpool routes a statement. */
const CONFIGURATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'with its default settings': {},
  'with reads sent to the standby': { backend_weight0: '0' },
  'with write_function_list': { backend_weight0: '0', write_function_list: 'nextval,setval,set_val.*' },
  'with allow_sql_comments': { backend_weight0: '0', allow_sql_comments: 'on' },
};

describe('PostgresUserStore behind pgpool with a primary and a lagging standby', function () {
  this.timeout(60_000);
  let primary: PostgresServer;
  let standby: PostgresServer;
  let base: StoreDatabase;
  const opened: PostgresDatabase[] = [];

  before(async () => {
    primary = await PostgresServer.start();
    base = await primary.createStoreDatabase();
    standby = await primary.startStandby({ recovery_min_apply_delay: LAG });
  });
  after(async () => {
    await standby?.stop();
    await primary?.stop();
  });

  for (const [name, settings] of Object.entries(CONFIGURATIONS)) {
    describe(name, () => {
      let pgpool: PostgresPooler;

      before(async () => {
        pgpool = await startPgpool(primary, standby, settings);
      });
      after(() => pgpool?.stop());
      afterEach(async () => {
        await Promise.all(opened.splice(0).map((one) => one.close()));
      });

      const open = () => {
        const database = openDatabase(primary.url(base.name, { role: SERVICE, port: pgpool.port }), 2);
        opened.push(database);
        return database;
      };

      it('every kind of read returns acknowledged changes', async () => {
        // pgpool chooses a server when a session begins, so every round opens new sessions.
        for (let round = 0; round < ROUNDS; round += 1) {
          const missing = await acknowledgeAndRead(postgresStore(open()), postgresStore(open()));
          expect(missing, `in round ${round}`).to.deep.equal([]);
        }
      });

      it('an acknowledged deletion is visible immediately, also on the session that wrote it', async () => {
        const [writer, reader] = [postgresStore(open()), postgresStore(open())];
        const stale: string[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          const user = aUser();
          const key = userKey(user.username);
          await writer.commit(aChange([create(key, user)]), soon());
          const removal = erase(key, 1);
          await writer.commit(aChange([removal]), soon());
          for (const [role, store] of Object.entries({ writer, reader })) {
            const [{ version, record }] = await store.readMany([key], soon());
            if (version !== 2 || record !== undefined) stale.push(`${role} in round ${round}`);
          }
        }
        expect(stale).to.deep.equal([]);
      });

      it('the schema check and the diagnosis reach the primary', async () => {
        const findings = await new PostgresDiagnosis(open()).diagnose(soon());
        expect(findings.map(({ level }) => level)).to.deep.equal(['ok', 'ok', 'ok', 'ok', 'ok']);
        expect(findings[0]?.what).to.match(/the primary of system \d+ on timeline 1;/);
      });
    });
  }
});

/** @returns the reads that missed the acknowledged change */
async function acknowledgeAndRead(writer: PostgresUserStore, reader: PostgresUserStore): Promise<string[]> {
  const user = aUser();
  const organization = anOrganization();
  const membership = aMembership(organization, user);
  const invitation = anInvitation({ organizationId: organization.id });
  const stream = organizationStream();
  const idempotency = {
    id: unique('request'),
    fingerprint: 'f',
    response: {},
    changedKeys: [],
    expiresAt: '2099-01-01T00:00:00.000Z',
  };
  const meta = { storeId: unique('store'), generation: 1, cache: 'none' };
  await writer.replaceMeta((await writer.readMeta(soon())).meta, meta, soon());
  await writer.commit(
    aChange(
      [
        create(userKey(user.username), user),
        create(keyOfMembership(membership), membership),
        create(keyOfInvitation(invitation), invitation),
      ],
      { events: [anEvent([stream])], idempotency },
    ),
    soon(),
  );
  const page = { limit: 100 };
  const seen = {
    readMeta: (await reader.readMeta(soon())).meta?.storeId === meta.storeId,
    readMany: (await reader.readMany([userKey(user.username)], soon()))[0].version === 1,
    readIdempotencyRecord:
      (await reader.readIdempotencyRecord(idempotency.id, new Date().toISOString(), soon())) !== undefined,
    listEvents: (await reader.listEvents(stream, 0, 1, soon())).length === 1,
    listMembershipsOfOrganization:
      (await reader.listMembershipsOfOrganization(organization.organizationName, page, soon())).items
        .length === 1,
    listMembershipsOfUser:
      (await reader.listMembershipsOfUser(user.username, page, soon())).items.length === 1,
    listInvitations: (await reader.listInvitations(organization.id, page, soon())).items.length === 1,
    scan: (await scannedUsers(reader)).has(user.username),
  };
  return Object.entries(seen).flatMap(([read, isSeen]) => (isSeen ? [] : [read]));
}

async function scannedUsers(store: PostgresUserStore): Promise<ReadonlySet<string>> {
  const { items } = await store.scan({ limit: 100 }, soon());
  return new Set(items.flatMap(({ key }) => (key.kind === 'user' ? [key.username] : [])));
}
