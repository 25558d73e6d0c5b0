import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { SystemClock } from '../../../src/adapters/system/system-clock.ts';
import {
  legacyMembership,
  legacyOrganization,
  legacyUser,
  normalizedItems,
  putItems,
  readAllItems,
} from '../../adapters/stores/dynamodb/legacy-items.ts';
import { unique } from '../../support/accounts.ts';
import { ApiClient, problemOf } from '../../support/api-client.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { endProcesses, RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';

const clock = new SystemClock();
const LIMIT_MS = 30_000;

/** `m00`, `m01`, `M02`, `m03` … */
const MEMBERS = Array.from({ length: 60 }, (_, i) => (i % 3 === 2 ? 'M' : 'm') + String(i).padStart(2, '0'));

/** Two organizations, many members, and every kind of invalid name. */
const LEGACY_ITEMS = [
  ...['ann', 'Bob', ...MEMBERS].map(legacyUser),
  legacyOrganization('acme', 'Bob'),
  legacyMembership('acme', 'ann', 'Owner'),
  legacyMembership('acme', 'Bob', 'Owner'),
  ...MEMBERS.map((name, i) => legacyMembership('acme', name, i % 10 === 0 ? 'Admin' : 'Member')),
  legacyOrganization('Big-Corp', 'Bob'),
  legacyMembership('Big-Corp', 'Bob', 'Owner'),
  ...MEMBERS.map((name, i) => legacyMembership('Big-Corp', name, i % 20 === 0 ? 'Owner' : 'Member')),
  legacyUser('eve'),
  legacyUser('Eve'),
  legacyUser('Ann Archer'),
  legacyMembership('acme', 'ghost', 'Owner'),
];

/** Findings that need a manual decision. */
const MANUAL = [
  'warning  dynamodb: USER#Eve, USER#eve: names differ only in case',
  '         → rename or delete all but one of them manually, with their memberships, then run this command again',
  'warning  dynamodb: USER#Ann Archer: invalid name',
  '         → no request can address this item: rename or delete it manually, then run this command again',
  'warning  dynamodb: acme/ghost: the user of this Owner does not exist',
  '         → create the user or delete the membership manually, then run this command again',
  '0 problems, 3 warnings',
];

/** Names in upper case, and memberships with such names. */
const RENAMED = 1 + 20 + 1 + (1 + 20) + (1 + 60);

describe('rollcall migrate, on a legacy table', function () {
  this.timeout(120_000);
  let server: Dynoxide;
  let client: DynamoDBDocumentClient;
  let table: string;

  before(async () => {
    server = await startDynoxide();
    client = server.client();
  });
  beforeEach(async () => {
    await provision();
    await putItems(client, table, LEGACY_ITEMS);
  });
  after(async () => {
    await endProcesses();
    client?.destroy();
    await server?.stop();
  });

  const launch = () => ({ env: { ...server.settings(table), NODE_NO_WARNINGS: '1' } });
  const migrate = () => runRollcall(['migrate'], launch());

  /** Creates an empty table. */
  async function provision(): Promise<void> {
    table = unique('table');
    const { exit, stderr } = await runRollcall(['provision'], launch());
    expect(exit, stderr).to.equal(0);
  }

  /** The number of migrated items. */
  async function completed(): Promise<number> {
    const filter = { Select: 'COUNT', FilterExpression: 'attribute_exists(version)' } as const;
    const { Count } = await client.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ...filter }),
    );
    return Count ?? 0;
  }

  /** Starts the migration and kills it after a number of items. */
  async function migrateUntil(items: number): Promise<void> {
    const command = new RollcallProcess({ args: ['migrate'], ...launch() });
    try {
      const deadline = clock.monotonic() + LIMIT_MS;
      while ((await completed()) < items) {
        expect(clock.monotonic(), 'the clock').to.be.below(deadline);
        await clock.sleep(20);
      }
    } finally {
      command.signal('SIGKILL');
    }
    expect(await command.exit(), command.stdout).to.equal('SIGKILL');
  }

  it('reports the result and what needs a manual decision, and progress on standard error', async () => {
    const first = await migrate();
    expect(first.exit, first.stderr).to.equal(0);
    const [result, ...left] = first.lines;
    expect(result).to.equal(`ok       dynamodb: 190 records completed, ${RENAMED} renamed`);
    expect(left).to.deep.equal(MANUAL);
    expect(first.stderr.trimEnd().split('\n')).to.have.length.of.at.least(2);
    for (const line of first.stderr.trimEnd().split('\n')) {
      expect(line).to.match(/^migrating [-=]{40} \d+ % \| \d+ of \d+ \| \S+ left$/);
    }
    const after = await readAllItems(client, table);

    const second = await migrate();
    expect(second.lines).to.deep.equal(['ok       dynamodb: 0 records completed, 0 renamed', ...MANUAL]);
    expect(second.exit).to.equal(0);
    expect(await readAllItems(client, table)).to.deep.equal(after);
  });

  it('does nothing and reports no progress for an empty table', async () => {
    await provision();
    const { exit, stdout, stderr } = await migrate();
    expect(stdout).to.equal('ok       dynamodb: 0 records completed, 0 renamed\n0 problems, 0 warnings\n');
    expect([exit, stderr]).to.deep.equal([0, '']);
  });

  it('has the same result if it is killed at any time and run again', async () => {
    await migrate();
    const expected = normalizedItems(await readAllItems(client, table));
    const all = await completed();

    await provision();
    await putItems(client, table, LEGACY_ITEMS);
    for (const part of [0.01, 0.4, 0.8]) {
      await migrateUntil(Math.ceil(all * part));
      expect(await completed(), `killed at ${part}`).to.be.below(all);
    }
    const last = await migrate();
    expect([last.exit, ...last.lines.slice(1)]).to.deep.equal([0, ...MANUAL]);
    expect(normalizedItems(await readAllItems(client, table))).to.deep.equal(expected);
  });

  it('makes names with upper-case letters addressable in lower case', async () => {
    const service = await startRollcall(launch());
    const api = new ApiClient(await service.url());
    expect(await api.as('ann').get('/users/bob').then(problemOf)).to.equal('404 user_not_found');
    expect((await migrate()).exit).to.equal(0);
    // This instance has CACHE=none and sees it at once.
    const bob = await api.as('bob').get('/users/Bob');
    expect(bob.body.user).to.include({ username: 'bob', firstName: 'Ann', version: 2 });
    const corp = await api.as('bob').get('/organizations/big-corp');
    expect(corp.body.organization).to.include({
      organizationName: 'big-corp',
      displayName: 'Big-Corp',
      foundingUser: 'bob',
    });
    const own = await api.as('bob').get('/users/bob/organizations');
    expect(own.body.memberships?.map((one) => `${one.organizationName} ${one.role}`)).to.deep.equal([
      'acme Owner',
      'big-corp Owner',
    ]);
    const member = await api.as('bob').get('/organizations/big-corp/members/m02');
    expect(member.body.membership).to.include({ memberUsername: 'm02', role: 'Member' });
    const members = await api.as('m02').get('/organizations/big-corp/members?limit=100');
    expect(members.body.members).to.have.length(1 + MEMBERS.length);
  });

  it('loses no write of a service that runs meanwhile', async () => {
    const service = await startRollcall(launch());
    const ann = new ApiClient(await service.url()).as('ann');
    const acknowledged = new Map<string, string>();
    let isOver = false;
    /** Changes the roles of some members, one after the other. */
    const work = async (members: readonly string[]): Promise<void> => {
      for (let turn = 0; !isOver; turn += 1) {
        const member = members[turn % members.length] ?? '';
        const role = (['Owner', 'Member', 'Admin'] as const)[turn % 3] ?? 'Member';
        const response = await ann.patch(`/organizations/acme/members/${member}`, { role });
        if (response.status === 200) acknowledged.set(member, role);
        else expect(problemOf(response)).to.equal('409 conflict');
      }
    };
    const lower = MEMBERS.filter((name) => name.startsWith('m'));
    const writes = [0, 1, 2].map((worker) => work(lower.filter((_, i) => i % 3 === worker)));
    try {
      const { exit, stderr } = await migrate();
      expect(exit, stderr).to.equal(0);
    } finally {
      isOver = true;
      await Promise.all(writes);
    }
    expect(acknowledged).to.have.property('size').that.is.above(10);
    const { exit, lines } = await migrate();
    expect([exit, ...lines.slice(1)]).to.deep.equal([0, ...MANUAL]);

    const listed = await ann.get('/organizations/acme/members?limit=100');
    expect(listed.body.members).to.have.length(2 + MEMBERS.length);
    for (const membership of listed.body.members ?? []) {
      const { memberUsername: name, role } = membership;
      expect(role, name).to.equal(acknowledged.get(name) ?? role);
      const own = await ann.as(name).get(`/users/${name}/organizations`);
      expect(own.body.memberships?.find((one) => one.organizationName === 'acme')).to.include({ role });
    }
    const items = await readAllItems(client, table);
    const owners = (items['ORG#acme ORG#acme']?.['owners'] ?? []) as string[];
    const listedOwners = (listed.body.members ?? []).filter(({ role }) => role === 'Owner');
    expect(owners).to.have.members([...listedOwners.map((one) => one.memberUsername), 'ghost']);
  });
});
