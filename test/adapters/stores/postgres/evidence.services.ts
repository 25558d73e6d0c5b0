import { expect } from 'chai';
import { Client } from 'pg';
import { proving, WAL_FILE } from '../../../../src/adapters/stores/postgres/database/evidence.ts';
import { selectRecords } from '../../../../src/adapters/stores/postgres/queries/record-queries.ts';
import { userKey } from '../../../../src/domain/records.ts';
import { aUser, organizationStream, uniqueSlug, uniqueUsername } from '../../../support/accounts.ts';
import type { BoundStore } from '../../../support/bound-store.ts';
import { PostgresServer } from '../../../support/postgres-server.ts';
import { ProxiedStore, within } from './proxied-store.ts';

const soon = () => within(3000);
const page = { limit: 10 };

const READS: Readonly<Record<string, (store: BoundStore) => Promise<unknown>>> = {
  readMany: (store) => store.readMany([userKey(uniqueUsername())], soon()),
  listMembershipsOfOrganization: (store) => store.listMembershipsOfOrganization(uniqueSlug(), page, soon()),
  listMembershipsOfUser: (store) => store.listMembershipsOfUser(uniqueUsername(), page, soon()),
  listInvitations: (store) => store.listInvitations('org_1', page, soon()),
  scan: (store) => store.scan(page, soon()),
  listEvents: (store) => store.listEvents(organizationStream(), 0, 10, soon()),
  readIdempotencyRecord: (store) => store.readIdempotencyRecord('id', new Date().toISOString(), soon()),
  'readMeta, and the schema check before it': (store) => store.readMeta(soon()),
};

describe('the evidence that a primary answers', () => {
  const scene = ProxiedStore.inSuite();

  for (const [name, read] of Object.entries(READS)) {
    it(`is asked for in every statement of ${name}`, async () => {
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

describe('a standby that is asked for evidence', () => {
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

  it('fails the very statement that reads, also outside of a transaction', async () => {
    const client = new Client({ connectionString: standby.url('rollcall_1') });
    await client.connect();
    try {
      const { text, values = [] } = proving(selectRecords([userKey(aUser().username)]));
      const refusal = await client.query(text, [...values]).catch((error: unknown) => error);
      expect(refusal).to.include({ code: '55000' });
    } finally {
      await client.end();
    }
  });
});
