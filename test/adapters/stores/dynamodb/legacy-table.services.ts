import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { provisionTable } from '../../../../src/adapters/stores/dynamodb/dynamo-table.ts';
import type { DynamoUserStore } from '../../../../src/adapters/stores/dynamodb/dynamo-user-store.ts';
import { migrateTable } from '../../../../src/adapters/stores/dynamodb/migrate-table.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../../../src/adapters/system/uuid-ids.ts';
import { remove } from '../../../../src/domain/change.ts';
import { LastOwner } from '../../../../src/domain/errors.ts';
import { parseSlug, parseUsername } from '../../../../src/domain/names.ts';
import { membershipKey, organizationKey, userKey } from '../../../../src/domain/records.ts';
import { Conflict, StoreNotProvisioned } from '../../../../src/ports/errors.ts';
import { aChange, create, erase, unique, update } from '../../../support/accounts.ts';
import { type Dynoxide, dynamoStore, startDynoxide } from '../../../support/dynoxide.ts';
import {
  changeRole,
  dump,
  fill,
  tutorialMembership,
  tutorialOrganization,
  tutorialUser,
} from './legacy-table.ts';

describe('a table that the tutorial filled', () => {
  const clock = new SystemClock();
  const soon = () => clock.monotonic() + 5000;
  const [acme, ann, bob] = [parseSlug('acme'), parseUsername('ann'), parseUsername('bob')];
  const times = { createdAt: '1970-01-01T00:00:00.000Z', updatedAt: '1970-01-01T00:00:00.000Z' };
  let server: Dynoxide;
  let client: DynamoDBDocumentClient;
  let tableName: string;
  let store: DynamoUserStore;

  before(async () => {
    server = await startDynoxide();
    client = server.client();
  });
  after(async () => {
    client.destroy();
    await server.stop();
  });
  beforeEach(async () => {
    tableName = unique('table');
    await provisionTable({ client, tableName, clock, ids: new UuidIds() }, soon());
    store = dynamoStore(client, tableName);
    await fill(client, tableName, [
      tutorialUser('ann'),
      tutorialUser('bob'),
      tutorialUser('cid'),
      tutorialOrganization('acme', 'ann'),
      tutorialMembership('acme', 'ann', 'Owner'),
      tutorialMembership('acme', 'bob', 'Owner'),
      tutorialMembership('acme', 'cid', 'Member'),
    ]);
  });

  it('keeps its users until the migration has told what they own', async () => {
    const [loaded] = await store.readMany([userKey(parseUsername('cid'))], soon());
    const deletion = aChange([remove(loaded)]);
    const refusal = await store.commit(deletion, soon()).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(StoreNotProvisioned);
    expect((refusal as Error).message).to.include('rollcall migrate');
    const ids = new UuidIds();
    await migrateTable({ client, tableName, clock, ids, tombstoneTtlMs: 1000, stepTimeoutMs: 5000 });
    const [migrated] = await store.readMany([userKey(parseUsername('cid'))], soon());
    await store.commit(aChange([remove(migrated)]), soon());
  });

  const owners = async (from = store) =>
    (await from.readMany([organizationKey(acme)], soon()))[0].record?.owners;

  it('reads its records as present at version 0, completed', async () => {
    const keys = [userKey(ann), organizationKey(acme), membershipKey(acme, bob)] as const;
    const found = await store.readMany(keys, soon());
    expect(found.map(({ version }) => version)).to.deep.equal([0, 0, 0]);
    expect(found.map(({ record }) => record)).to.deep.equal([
      {
        id: 'legacy:ann',
        username: 'ann',
        firstName: 'Ann',
        lastName: 'Archer',
        status: 'active',
        ownerOf: [],
        ...times,
      },
      {
        id: 'legacy:acme',
        organizationName: 'acme',
        displayName: 'acme',
        foundingUser: 'ann',
        status: 'active',
        owners: ['ann', 'bob'],
        ...times,
      },
      {
        organizationName: 'acme',
        memberUsername: 'bob',
        organizationId: 'legacy:acme',
        userId: 'legacy:bob',
        role: 'Owner',
        ...times,
      },
    ]);
    for (const [index, key] of keys.entries()) {
      expect((await store.readMany([key], soon()))[0]).to.deep.equal(found[index]);
    }
  });

  it('lists and scans them', async () => {
    const { items } = await store.listMembershipsOfOrganization(acme, { limit: 10 }, soon());
    expect(items.map(({ record, version }) => [record.memberUsername, record.role, version])).to.deep.equal([
      ['ann', 'Owner', 0],
      ['bob', 'Owner', 0],
      ['cid', 'Member', 0],
    ]);
    const scanned = await store.scan({ limit: 100 }, soon());
    expect(scanned.items).to.have.length(7);
    const organization = scanned.items.find(({ key }) => key.kind === 'organization');
    expect(organization?.record).to.deep.include({ owners: ['ann', 'bob'] });
  });

  it('writes them on condition that nobody else did, and not as if they were absent', async () => {
    const [loaded] = await store.readMany([userKey(ann)], soon());
    const record = loaded.record ?? expect.fail('there is none');
    const refused = [
      create(userKey(ann), record),
      update(userKey(ann), 1, record),
      erase(userKey(parseUsername('nobody')), 0),
    ];
    for (const write of refused) {
      const refusal = await store.commit(aChange([write]), soon()).catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(Conflict);
    }
    const changes = [1, 2, 3].map(() => store.commit(aChange([update(userKey(ann), 0, record)]), soon()));
    const outcomes = await Promise.allSettled(changes);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect((await store.readMany([userKey(ann)], soon()))[0]).to.deep.equal({ ...loaded, version: 1 });
  });

  it('deletes them, leaving tombstones, and a name taken again is somebody else', async () => {
    await store.commit(aChange([erase(membershipKey(acme, bob), 0)]), soon());
    const [{ version, record }] = await store.readMany([membershipKey(acme, bob)], soon());
    expect([version, record]).to.deep.equal([1, undefined]);
    expect(await owners()).to.deep.equal(['ann']);
  });

  it('a promotion writes down all Owners, on both sides', async () => {
    await changeRole(store, 'acme', 'ann', 'cid', 'Owner');
    expect(await owners()).to.deep.equal(['ann', 'bob', 'cid']);
    const items = await dump(client, tableName);
    expect(items['ORG#acme ORG#acme']).to.deep.include({ owners: ['ann', 'bob', 'cid'], version: 1 });
    expect(items['USER#cid USER#cid']).to.deep.include({ ownerOf: [{ name: 'acme', id: 'legacy:acme' }] });
    expect(items['USERORGS#cid ORG#acme']).to.deep.include({ role: 'Owner', version: 1 });
  });

  it('keeps an Owner: the last one cannot be demoted', async () => {
    await changeRole(store, 'acme', 'ann', 'bob', 'Member');
    expect(await owners()).to.deep.equal(['ann']);
    const refusal = await changeRole(store, 'acme', 'ann', 'ann', 'Member').catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(LastOwner);
  });

  it('keeps an Owner when two of them demote each other, or themselves, at once', async () => {
    const another = dynamoStore(client, tableName);
    for (const target of ['other', 'self']) {
      const outcomes = await Promise.allSettled([
        changeRole(store, 'acme', 'ann', target === 'self' ? 'ann' : 'bob', 'Member'),
        changeRole(another, 'acme', 'bob', target === 'self' ? 'bob' : 'ann', 'Member'),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled').length).to.be.at.most(1);
      expect(await owners()).to.have.length.at.least(1);
    }
  });

  it('never shows owners that were true at another moment than the rest', async () => {
    const keys = [organizationKey(acme), membershipKey(acme, parseUsername('cid'))] as const;
    let isOver = false;
    const watch = async (): Promise<void> => {
      while (!isOver) {
        const [organization, membership] = await store.readMany(keys, soon());
        const isOwner = organization.record?.owners.includes(parseUsername('cid'));
        expect(isOwner).to.equal(membership.record?.role === 'Owner');
      }
    };
    const watching = Promise.all([watch(), watch(), watch()]);
    await changeRole(dynamoStore(client, tableName), 'acme', 'ann', 'cid', 'Owner');
    await changeRole(dynamoStore(client, tableName), 'acme', 'ann', 'cid', 'Member');
    isOver = true;
    await watching;
  });
});
