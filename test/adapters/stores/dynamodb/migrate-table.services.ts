import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import type { MigrationOptions } from '../../../../src/adapters/stores/dynamodb/migrate-table.ts';
import { parseSlug, parseUsername } from '../../../../src/domain/names.ts';
import { organizationKey, userKey } from '../../../../src/domain/records.ts';
import { Conflict, StoreUnavailable } from '../../../../src/ports/errors.ts';
import type { BoundStore } from '../../../support/bound-store.ts';
import { deadline } from '../../../support/deadline.ts';
import { dynamoFixture } from '../../../support/dynamo-fixture.ts';
import type { Dynoxide } from '../../../support/dynoxide.ts';
import { rejectionOf } from '../../../support/rejection-of.ts';
import {
  changeRole,
  legacyMembership,
  legacyOrganization,
  legacyUser,
  normalizedItems,
  putItems,
  readAllItems,
} from './legacy-items.ts';

const MEMBERS = Array.from({ length: 30 }, (_, index) => `m${String(index).padStart(2, '0')}`);

/** Two organizations with many members, one with an upper-case name, and every kind of invalid name. */
const LEGACY_ITEMS = [
  ...['ann', 'Bob', ...MEMBERS].map(legacyUser),
  legacyOrganization('acme', 'Bob'),
  legacyMembership('acme', 'ann', 'Owner'),
  legacyMembership('acme', 'Bob', 'Owner'),
  ...MEMBERS.map((name, index) => legacyMembership('acme', name, index % 10 === 0 ? 'Admin' : 'Member')),
  legacyOrganization('Big-Corp', 'Bob'),
  legacyMembership('Big-Corp', 'Bob', 'Owner'),
  legacyMembership('Big-Corp', 'ann', 'Member'),
  // Two users whose names differ only in case, with a membership of one of them.
  legacyUser('eve'),
  legacyUser('Eve'),
  legacyMembership('acme', 'Eve', 'Admin'),
  legacyUser('Zoe'),
  legacyUser('ZOE'),
  legacyUser('Ann Archer'),
  legacyMembership('acme', 'Ann Archer', 'Admin'),
  legacyMembership('acme', 'ghost', 'Owner'),
];

describe('migrateTable', () => {
  const dynamo = dynamoFixture();
  let tableName: string;
  let store: BoundStore;

  beforeEach(async () => {
    tableName = await dynamo.createTable();
    store = dynamo.openStore(tableName);
    await putItems(dynamo.client, tableName, LEGACY_ITEMS);
  });

  const migrate = (overrides?: Partial<MigrationOptions>) => dynamo.migrate(tableName, overrides);
  const readItems = () => readAllItems(dynamo.client, tableName);

  async function organization(name: string) {
    return (await store.readMany([organizationKey(parseSlug(name))], deadline()))[0];
  }
  async function user(name: string) {
    return (await store.readMany([userKey(parseUsername(name))], deadline()))[0];
  }
  async function listed(name: string): Promise<string[]> {
    const { items } = await store.listMembershipsOfUser(parseUsername(name), { limit: 100 }, deadline());
    return items.map(({ record, version }) => `${record.organizationName} ${record.role} ${version}`);
  }

  it('completes records, mirrors and owners on both sides, and changes names to lower case', async () => {
    const summary = await migrate();
    expect((await organization('acme')).record).to.deep.include({
      id: 'legacy:acme',
      foundingUser: 'bob',
      owners: ['ann', 'bob', 'ghost'],
    });
    expect((await organization('big-corp')).record).to.deep.include({
      id: 'legacy:big-corp',
      displayName: 'Big-Corp',
      owners: ['bob'],
    });
    expect((await user('ann')).record?.ownerOf).to.deep.equal([{ name: 'acme', id: 'legacy:acme' }]);
    expect((await user('bob')).record?.ownerOf).to.have.deep.members([
      { name: 'acme', id: 'legacy:acme' },
      { name: 'big-corp', id: 'legacy:big-corp' },
    ]);
    expect(await listed('ann')).to.deep.equal(['acme Owner 1', 'big-corp Member 1']);
    expect(await listed('bob')).to.deep.equal(['acme Owner 1', 'big-corp Owner 1']);
    expect(await listed('m10')).to.deep.equal(['acme Admin 1']);
    expect((await user('m10')).version).to.equal(1);
    expect(summary.renamed).to.equal(5);
  });

  it('reports and keeps names that differ only in case, invalid names and Owners without a user', async () => {
    const before = await readItems();
    const summary = await migrate();
    expect(summary.collisions).to.deep.equal([
      ['USER#Eve', 'USER#eve'],
      ['USER#ZOE', 'USER#Zoe'],
    ]);
    expect(summary.unreachable).to.have.members([
      'USER#Ann Archer',
      'ORGMEMBERS#acme MEMBER#Ann Archer',
      'ORGMEMBERS#acme MEMBER#Eve',
    ]);
    expect(summary.ownersWithoutUser).to.deep.equal(['acme/ghost']);
    const after = await readItems();
    for (const key of ['USER#Eve USER#Eve', 'USER#ZOE USER#ZOE', 'ORGMEMBERS#acme MEMBER#Eve']) {
      expect(after[key], key).to.deep.equal(before[key]);
    }
    expect(after).to.not.have.property('USER#zoe USER#zoe');
    expect(await listed('eve'), 'memberships of Eve that eve must not get').to.deep.equal([]);
  });

  it('changes nothing when it is run again', async () => {
    const first = await migrate();
    const after = await readItems();
    const second = await migrate();
    expect(await readItems()).to.deep.equal(after);
    expect(second).to.deep.equal({ ...first, completed: 0, renamed: 0 });
  });

  it('reports its progress', async () => {
    const seen: number[] = [];
    await migrate({ onProgress: (done) => seen.push(done) });
    expect(seen.length).to.be.above(5);
    expect(seen).to.deep.equal(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).to.be.at.least(LEGACY_ITEMS.length * 3);
  });

  it('resumes after an interruption at any point, with the same result', async () => {
    await migrate();
    const expected = await readItems();
    for (const writes of [0, 1, 2, 3, 5, 8, 20, 45, 60, 75]) {
      tableName = await dynamo.createTable();
      await putItems(dynamo.client, tableName, LEGACY_ITEMS);
      const client = failingClient(dynamo.server, writes);
      await rejectionOf(migrate({ client }), StoreUnavailable);
      client.destroy();
      await migrate();
      const found = await readItems();
      expect(normalizedItems(found), `after ${writes} writes`).to.deep.equal(normalizedItems(expected));
    }
  });

  it('preserves concurrent writes of the service', async () => {
    let isOver = false;
    let changes = 0;
    const work = async (seed: number): Promise<void> => {
      for (let round = 0; !isOver || round < 3; round += 1) {
        const member = MEMBERS[(seed * 7 + round) % MEMBERS.length] ?? '';
        const role = (['Owner', 'Admin', 'Member'] as const)[(seed + round) % 3] ?? 'Member';
        try {
          await changeRole(store, 'acme', 'ann', member, role);
          changes += 1;
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
        }
      }
    };
    const working = Promise.all([work(0), work(1), work(2)]);
    await migrate();
    isOver = true;
    await working;
    await migrate();

    expect(changes).to.be.above(5);
    const { record: acme } = await organization('acme');
    const members: string[] = [];
    const { items } = await store.listMembershipsOfOrganization(
      parseSlug('acme'),
      { limit: 100 },
      deadline(),
    );
    for (const { record, version } of items) {
      if (record.role === 'Owner') members.push(record.memberUsername);
      expect(await listed(record.memberUsername)).to.include(`acme ${record.role} ${version}`);
      if (record.memberUsername === 'ghost') continue;
      const owns = (await user(record.memberUsername)).record?.ownerOf.some(({ name }) => name === 'acme');
      expect(owns, record.memberUsername).to.equal(record.role === 'Owner');
    }
    expect(acme?.owners).to.have.members(members);
    expect(acme?.owners).to.have.length(members.length);
  });
});

/** A client whose transactions fail after a number of successful ones. */
function failingClient(server: Dynoxide, writes: number): DynamoDBDocumentClient {
  const client = server.client();
  let remaining = writes;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context['commandName'] !== 'TransactWriteItemsCommand') return next(args);
      if (remaining === 0) {
        throw Object.assign(new Error('injected failure'), {
          name: 'InjectedFailure',
          $metadata: { httpStatusCode: 400 },
        });
      }
      remaining -= 1;
      return next(args);
    },
    { step: 'initialize' },
  );
  return client;
}
