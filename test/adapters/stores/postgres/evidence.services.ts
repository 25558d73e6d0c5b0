import { expect } from 'chai';
import { Client } from 'pg';
import { proving, WAL_FILE } from '../../../../src/adapters/stores/postgres/database/evidence.ts';
import { selectRecords } from '../../../../src/adapters/stores/postgres/queries/record-queries.ts';
import { userKey } from '../../../../src/domain/records.ts';
import type { UserStore } from '../../../../src/ports/user-store.ts';
import { aUser, organizationStream, uniqueSlug, uniqueUsername } from '../../../support/accounts.ts';
import { PostgresServer } from '../../../support/postgres-server.ts';
import { ProxiedStore, within } from './proxied-store.ts';

const soon = () => within(3000);
const page = { limit: 10 };

const READS: Readonly<Record<string, (store: UserStore) => Promise<unknown>>> = {
  readMany: (store) => store.readMany([userKey(uniqueUsername())], soon()),
  listMembershipsOfOrganization: (store) => store.listMembershipsOfOrganization(uniqueSlug(), page, soon()),
  listMembershipsOfUser: (store) => store.listMembershipsOfUser(uniqueUsername(), page, soon()),
  listInvitations: (store) => store.listInvitations('org_1', page, soon()),
  scan: (store) => store.scan(page, soon()),
  listEvents: (store) => store.listEvents(organizationStream(), 0, 10, soon()),
  readIdempotencyRecord: (store) => store.readIdempotencyRecord('id', new Date().toISOString(), soon()),
  'readMeta, and the schema check before it': (store) => store.readMeta(soon()),
};

describe('the proof that the answering server is a primary', () => {
  const scene = ProxiedStore.inSuite();

  for (const [name, read] of Object.entries(READS)) {
    it(`is part of every statement of ${name}`, async () => {
      const sent: string[] = [];
      scene.proxy.fateOf = (bytes) => {
        sent.push(...(bytes.match(/SELECT[^\0]*\0/g) ?? []));
        return 'pass';
      };
      await read(scene.store);
      expect(sent).to.have.length.above(0);
      for (const statement of sent) expect(statement).to.contain(WAL_FILE);
    });
  }
});

describe('the proof on a standby', () => {
  let primary: PostgresServer;
  let standby: PostgresServer;

  before(async () => {
    primary = await PostgresServer.start({ fsync: 'off' });
    await primary.createStoreDatabase();
    standby = await primary.startStandby();
  });
  after(async () => {
    await standby?.stop();
    await primary?.stop();
  });

  it('makes the reading statement itself fail, even outside a transaction', async () => {
    const client = new Client({ connectionString: standby.url('rollcall_1') });
    await client.connect();
    try {
      const { text, values = [] } = proving(selectRecords([userKey(aUser().username)]), false);
      const refusal = await client.query(text, [...values]).catch((error: unknown) => error);
      expect(refusal).to.include({ code: '55000' });
    } finally {
      await client.end();
    }
  });
});
