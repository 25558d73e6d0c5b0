import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { provisionTable } from '../../../../src/adapters/stores/dynamodb/dynamo-table.ts';
import {
  type MigrationOptions,
  migrateTable,
} from '../../../../src/adapters/stores/dynamodb/migrate-table.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../../../src/adapters/system/uuid-ids.ts';
import { parseSlug, parseUsername } from '../../../../src/domain/names.ts';
import { organizationKey, userKey } from '../../../../src/domain/records.ts';
import { Conflict, StoreUnavailable } from '../../../../src/ports/errors.ts';
import type { UserStore } from '../../../../src/ports/user-store.ts';
import { unique } from '../../../support/accounts.ts';
import { type Dynoxide, dynamoStore, startDynoxide, TOMBSTONE_TTL_MS } from '../../../support/dynoxide.ts';
import {
  changeRole,
  dump,
  fill,
  sortedItems,
  tutorialMembership,
  tutorialOrganization,
  tutorialUser,
} from './legacy-table.ts';

const MEMBERS = Array.from({ length: 30 }, (_, index) => `m${String(index).padStart(2, '0')}`);

/** Two organizations with many members, one of them spelt in upper case, and all that can be wrong with names. */
const TUTORIAL = [
  ...['ann', 'Bob', ...MEMBERS].map(tutorialUser),
  tutorialOrganization('acme', 'Bob'),
  tutorialMembership('acme', 'ann', 'Owner'),
  tutorialMembership('acme', 'Bob', 'Owner'),
  ...MEMBERS.map((name, index) => tutorialMembership('acme', name, index % 10 === 0 ? 'Admin' : 'Member')),
  tutorialOrganization('Big-Corp', 'Bob'),
  tutorialMembership('Big-Corp', 'Bob', 'Owner'),
  tutorialMembership('Big-Corp', 'ann', 'Member'),
  // Two people, and what one of them may do.
  tutorialUser('eve'),
  tutorialUser('Eve'),
  tutorialMembership('acme', 'Eve', 'Admin'),
  tutorialUser('Zoe'),
  tutorialUser('ZOE'),
  tutorialUser('Ann Archer'),
  tutorialMembership('acme', 'Ann Archer', 'Admin'),
  tutorialMembership('acme', 'ghost', 'Owner'),
];

describe('the migration of a table that the tutorial filled', () => {
  const clock = new SystemClock();
  const soon = () => clock.monotonic() + 5000;
  let server: Dynoxide;
  let client: DynamoDBDocumentClient;
  let tableName: string;
  let store: UserStore;

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
    await fill(client, tableName, TUTORIAL);
  });

  function migrate(over: Partial<MigrationOptions> = {}) {
    const settings = { client, tableName, clock, ids: new UuidIds(), tombstoneTtlMs: TOMBSTONE_TTL_MS };
    return migrateTable({ ...settings, stepTimeoutMs: 5000, ...over });
  }

  async function organization(name: string) {
    return (await store.readMany([organizationKey(parseSlug(name))], soon()))[0];
  }
  async function user(name: string) {
    return (await store.readMany([userKey(parseUsername(name))], soon()))[0];
  }
  async function listed(name: string): Promise<string[]> {
    const { items } = await store.listMembershipsOfUser(parseUsername(name), { limit: 100 }, soon());
    return items.map(({ record, version }) => `${record.organizationName} ${record.role} ${version}`);
  }

  it('completes records, mirrors and owners on both sides, and spells names in lower case', async () => {
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

  it('reports what it leaves alone: two names that differ only in case, invalid ones, Owners who are not users', async () => {
    const before = await dump(client, tableName);
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
    const after = await dump(client, tableName);
    for (const key of ['USER#Eve USER#Eve', 'USER#ZOE USER#ZOE', 'ORGMEMBERS#acme MEMBER#Eve']) {
      expect(after[key], key).to.deep.equal(before[key]);
    }
    expect(after).to.not.have.property('USER#zoe USER#zoe');
    expect(await listed('eve'), 'what Eve may do is not given to eve').to.deep.equal([]);
  });

  it('changes nothing when it is run again', async () => {
    const first = await migrate();
    const after = await dump(client, tableName);
    const second = await migrate();
    expect(await dump(client, tableName)).to.deep.equal(after);
    expect(second).to.deep.equal({ ...first, completed: 0, renamed: 0 });
  });

  it('tells how far it is', async () => {
    const seen: number[] = [];
    await migrate({ onProgress: (done) => seen.push(done) });
    expect(seen.length).to.be.above(5);
    expect(seen).to.deep.equal(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).to.be.at.least(TUTORIAL.length * 3);
  });

  it('goes on where it was stopped, wherever that was, to the same end', async () => {
    await migrate();
    const expected = await dump(client, tableName);
    for (const writes of [0, 1, 2, 3, 5, 8, 20, 45, 60, 75]) {
      tableName = unique('table');
      await provisionTable({ client, tableName, clock, ids: new UuidIds() }, soon());
      await fill(client, tableName, TUTORIAL);
      const mortal = mortalClient(server, writes);
      const death = await migrate({ client: mortal }).catch((error: unknown) => error);
      expect(death, `after ${writes} writes`).to.be.instanceOf(StoreUnavailable);
      mortal.destroy();
      await migrate();
      const found = await dump(client, tableName);
      // Owners are written down as they are found, so their order may differ.
      expect(sortedItems(found), `after ${writes} writes`).to.deep.equal(sortedItems(expected));
    }
  });

  it('is safe while the service writes, and keeps what that wrote', async () => {
    store = dynamoStore(client, tableName);
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
    const { items } = await store.listMembershipsOfOrganization(parseSlug('acme'), { limit: 100 }, soon());
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

/** A client that dies after so many transactions. */
function mortalClient(server: Dynoxide, writes: number): DynamoDBDocumentClient {
  const client = server.client();
  let left = writes;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context['commandName'] !== 'TransactWriteItemsCommand') return next(args);
      if (left === 0) {
        throw Object.assign(new Error('killed'), { name: 'Killed', $metadata: { httpStatusCode: 400 } });
      }
      left -= 1;
      return next(args);
    },
    { step: 'initialize' },
  );
  return client;
}
