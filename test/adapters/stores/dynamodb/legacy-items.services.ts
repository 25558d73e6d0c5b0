import { expect } from 'chai';
import type { DynamoUserStore } from '../../../../src/adapters/stores/dynamodb/dynamo-user-store.ts';
import { remove } from '../../../../src/domain/change.ts';
import { LastOwner } from '../../../../src/domain/errors.ts';
import { parseSlug, parseUsername } from '../../../../src/domain/names.ts';
import { membershipKey, organizationKey, userKey } from '../../../../src/domain/records.ts';
import { Conflict, StoreNotProvisioned } from '../../../../src/ports/errors.ts';
import { aChange, create, erase, update } from '../../../support/accounts.ts';
import { deadline } from '../../../support/deadline.ts';
import { dynamoFixture } from '../../../support/dynamo-fixture.ts';
import { rejectionOf } from '../../../support/rejection-of.ts';
import {
  changeRole,
  legacyMembership,
  legacyOrganization,
  legacyUser,
  putItems,
  readAllItems,
} from './legacy-items.ts';

describe('Legacy items', () => {
  const dynamo = dynamoFixture();
  const [acme, ann, bob] = [parseSlug('acme'), parseUsername('ann'), parseUsername('bob')];
  const times = { createdAt: '1970-01-01T00:00:00.000Z', updatedAt: '1970-01-01T00:00:00.000Z' };
  let tableName: string;
  let store: DynamoUserStore;

  beforeEach(async () => {
    tableName = await dynamo.createTable();
    store = dynamo.openStore(tableName);
    await putItems(dynamo.client, tableName, [
      legacyUser('ann'),
      legacyUser('bob'),
      legacyUser('cid'),
      legacyOrganization('acme', 'ann'),
      legacyMembership('acme', 'ann', 'Owner'),
      legacyMembership('acme', 'bob', 'Owner'),
      legacyMembership('acme', 'cid', 'Member'),
    ]);
  });

  it('of users cannot be deleted before the migration', async () => {
    const [loaded] = await store.readMany([userKey(parseUsername('cid'))], deadline());
    const deletion = aChange([remove(loaded)]);
    const { message } = await rejectionOf(store.commit(deletion, deadline()), StoreNotProvisioned);
    expect(message).to.include('rollcall migrate');
    await dynamo.migrate(tableName);
    const [migrated] = await store.readMany([userKey(parseUsername('cid'))], deadline());
    await store.commit(aChange([remove(migrated)]), deadline());
  });

  const owners = async (from = store) =>
    (await from.readMany([organizationKey(acme)], deadline()))[0].record?.owners;

  it('are read as completed records at version 0', async () => {
    const keys = [userKey(ann), organizationKey(acme), membershipKey(acme, bob)] as const;
    const found = await store.readMany(keys, deadline());
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
      expect((await store.readMany([key], deadline()))[0]).to.deep.equal(found[index]);
    }
  });

  it('are listed and scanned', async () => {
    const { items } = await store.listMembershipsOfOrganization(acme, { limit: 10 }, deadline());
    expect(items.map(({ record, version }) => [record.memberUsername, record.role, version])).to.deep.equal([
      ['ann', 'Owner', 0],
      ['bob', 'Owner', 0],
      ['cid', 'Member', 0],
    ]);
    const scanned = await store.scan({ limit: 100 }, deadline());
    expect(scanned.items).to.have.length(7);
    const organization = scanned.items.find(({ key }) => key.kind === 'organization');
    expect(organization?.record).to.deep.include({ owners: ['ann', 'bob'] });
  });

  it('are written only if no other write has happened, and never as absent records', async () => {
    const [loaded] = await store.readMany([userKey(ann)], deadline());
    const record = loaded.record ?? expect.fail('the record is absent');
    const refused = [
      create(userKey(ann), record),
      update(userKey(ann), 1, record),
      erase(userKey(parseUsername('nobody')), 0),
    ];
    for (const write of refused) {
      await rejectionOf(store.commit(aChange([write]), deadline()), Conflict);
    }
    const changes = [1, 2, 3].map(() => store.commit(aChange([update(userKey(ann), 0, record)]), deadline()));
    const outcomes = await Promise.allSettled(changes);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect((await store.readMany([userKey(ann)], deadline()))[0]).to.deep.equal({ ...loaded, version: 1 });
  });

  it('are deleted with a tombstone', async () => {
    await store.commit(aChange([erase(membershipKey(acme, bob), 0)]), deadline());
    const [{ version, record }] = await store.readMany([membershipKey(acme, bob)], deadline());
    expect([version, record]).to.deep.equal([1, undefined]);
    expect(await owners()).to.deep.equal(['ann']);
  });

  it('are completed with all Owners by a promotion, on both sides', async () => {
    await changeRole(store, 'acme', 'ann', 'cid', 'Owner');
    expect(await owners()).to.deep.equal(['ann', 'bob', 'cid']);
    const items = await readAllItems(dynamo.client, tableName);
    expect(items['ORG#acme ORG#acme']).to.deep.include({ owners: ['ann', 'bob', 'cid'], version: 1 });
    expect(items['USER#cid USER#cid']).to.deep.include({ ownerOf: [{ name: 'acme', id: 'legacy:acme' }] });
    expect(items['USERORGS#cid ORG#acme']).to.deep.include({ role: 'Owner', version: 1 });
  });

  it('of the last Owner cannot be demoted', async () => {
    await changeRole(store, 'acme', 'ann', 'bob', 'Member');
    expect(await owners()).to.deep.equal(['ann']);
    await rejectionOf(changeRole(store, 'acme', 'ann', 'ann', 'Member'), LastOwner);
  });

  it('keep an Owner if two Owners demote each other, or themselves, concurrently', async () => {
    const another = dynamo.openStore(tableName);
    for (const target of ['other', 'self']) {
      const outcomes = await Promise.allSettled([
        changeRole(store, 'acme', 'ann', target === 'self' ? 'ann' : 'bob', 'Member'),
        changeRole(another, 'acme', 'bob', target === 'self' ? 'bob' : 'ann', 'Member'),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled').length).to.be.at.most(1);
      expect(await owners()).to.have.length.at.least(1);
    }
  });

  it('never return owners that are inconsistent with the rest of the snapshot', async () => {
    const keys = [organizationKey(acme), membershipKey(acme, parseUsername('cid'))] as const;
    let isOver = false;
    const observe = async (): Promise<void> => {
      while (!isOver) {
        const [organization, membership] = await store.readMany(keys, deadline());
        const isOwner = organization.record?.owners.includes(parseUsername('cid'));
        expect(isOwner).to.equal(membership.record?.role === 'Owner');
      }
    };
    const observing = Promise.all([observe(), observe(), observe()]);
    await changeRole(dynamo.openStore(tableName), 'acme', 'ann', 'cid', 'Owner');
    await changeRole(dynamo.openStore(tableName), 'acme', 'ann', 'cid', 'Member');
    isOver = true;
    await observing;
  });
});
