import { expect } from 'chai';
import { Client } from 'pg';
import type { Statement } from '../../../../src/adapters/stores/postgres/connection/postgres-session.ts';
import { writesOf } from '../../../../src/adapters/stores/postgres/queries/change-statements.ts';
import { lockExpired } from '../../../../src/adapters/stores/postgres/queries/expired.ts';
import {
  allOfKind,
  eventsOf,
  idempotencyRecord,
  invitationsOf,
  membershipsOfOrganization,
  membershipsOfUser,
} from '../../../../src/adapters/stores/postgres/queries/list-queries.ts';
import {
  lockRecords,
  selectRecords,
} from '../../../../src/adapters/stores/postgres/queries/record-queries.ts';
import { normalizeEmail, parseEmail, parseSlug, parseUsername } from '../../../../src/domain/names.ts';
import { emailKey, membershipKey, organizationKey, userKey } from '../../../../src/domain/records.ts';
import type { Cursor } from '../../../../src/ports/user-store.ts';
import { aChange, anEvent, aUser, erase, organizationStream, update } from '../../../support/accounts.ts';
import { PostgresServer, TOMBSTONE_TTL_MS } from '../../../support/postgres-server.ts';

const USERS = 100_000;
const ORGANIZATIONS = 9_001;
/** The first organization has all users as members; each of the others has a hundred. */
const MEMBERSHIPS = USERS + (ORGANIZATIONS - 1) * 100;
const LARGE = parseSlug('org-00000');
/** An organization with as many former members as the large one has members. */
const ABANDONED = parseSlug('org-left');
const LIMIT = 100;

const TIMES = `'2026-01-01T00:00:00Z'::timestamptz, '2026-01-01T00:00:00Z'::timestamptz`;
const userName = (number: string) => `'user-' || lpad((${number})::text, 5, '0')`;
const organizationName = (number: string) => `'org-' || lpad((${number})::text, 5, '0')`;
const DATA = `
  INSERT INTO rollcall.users (username, version, id, first_name, last_name, status, owner_of, created_at, updated_at)
    SELECT ${userName('u')}, 1, 'user_' || u, 'Ann', 'Archer', 'active', '[]', ${TIMES} FROM generate_series(0, ${USERS - 1}) u;
  INSERT INTO rollcall.email_claims (email, version, username, user_id)
    SELECT ${userName('u')} || '@example.org', 1, ${userName('u')}, 'user_' || u FROM generate_series(0, ${USERS - 1}) u;
  INSERT INTO rollcall.organizations (name, version, id, display_name, founding_user, status, owners, created_at, updated_at)
    SELECT ${organizationName('o')}, 1, 'org_' || o, 'Acme', 'ann', 'active', '{ann}', ${TIMES} FROM generate_series(0, ${ORGANIZATIONS - 1}) o;
  INSERT INTO rollcall.memberships (organization_name, username, version, organization_id, user_id, role, created_at, updated_at)
    SELECT ${organizationName('o')}, ${userName('u')}, 1, 'org_' || o, 'user_' || u, 'Member', ${TIMES} FROM (
      SELECT 0 AS o, u FROM generate_series(0, ${USERS - 1}) u UNION ALL
      SELECT o, (o * 100 + m) % ${USERS} FROM generate_series(1, ${ORGANIZATIONS - 1}) o, generate_series(0, 99) m) pairs;
  INSERT INTO rollcall.memberships (organization_name, username, version, deleted_at, kept_until)
    SELECT '${ABANDONED}', ${userName('u')}, 2, now(), now() FROM generate_series(0, ${USERS - 1}) u;
  INSERT INTO rollcall.invitations (organization_id, id, version, organization_name, email, role, token_hash, invited_by, expires_at, created_at)
    SELECT 'org_' || i % 1000, 'inv_' || i, 1, 'acme', 'a@b.c', 'Member', 'hash', 'ann', ${TIMES} FROM generate_series(1, 100000) i;
  INSERT INTO rollcall.event_streams SELECT 'organization', 'org_' || o, 100 FROM generate_series(0, 999) o;
  INSERT INTO rollcall.events SELECT 'organization', 'org_' || o, e, 'membership.added', '{}', '{}', '{}', 1, now()
    FROM generate_series(0, 999) o, generate_series(1, 100) e;
  INSERT INTO rollcall.idempotency SELECT 'request-' || i, 'f', '1', '[]', now() FROM generate_series(1, 100000) i`;

/** A node of an EXPLAIN plan with its children. */
interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

describe('the PostgreSQL schema with a million memberships', () => {
  let server: PostgresServer;
  let client: Client;

  before(async function () {
    this.timeout(120_000);
    server = await PostgresServer.start({
      fsync: 'off',
      full_page_writes: 'off',
      wal_level: 'minimal',
      max_wal_senders: '0',
      max_wal_size: '4GB',
      shared_buffers: '256MB',
      autovacuum: 'off',
    });
    const { name, adminUrl } = await server.createStoreDatabase();
    for (const statement of DATA.split(';')) {
      await server.sql(statement, name);
    }
    await server.sql('VACUUM ANALYZE', name);
    client = new Client({ connectionString: adminUrl });
    await client.connect();
  });
  after(async () => {
    await client?.end();
    await server?.stop();
  });

  /** Executes a statement and rolls it back. @returns the nodes of its plan */
  async function explain({ text, values = [] }: Statement): Promise<readonly Plan[]> {
    await client.query('BEGIN');
    const { rows } = await client.query(
      `EXPLAIN (ANALYZE, BUFFERS, COSTS off, TIMING off, FORMAT JSON) ${text}`,
      [...values],
    );
    await client.query('ROLLBACK');
    const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];
    return nodes(rows[0]['QUERY PLAN'][0].Plan);
  }

  const typesOf = (plan: readonly Plan[]) => plan.map((node) => node['Node Type']);
  const buffersOf = ([root]: readonly Plan[]) =>
    (root?.['Shared Hit Blocks'] ?? 0) + (root?.['Shared Read Blocks'] ?? 0);

  /** Asserts that a page is one index scan that reads only the rows of the page and one more. @returns its blocks */
  async function expectIndexScan(statement: Statement, index: string, rows: number): Promise<number> {
    const plan = await explain(statement);
    expect(typesOf(plan)).to.deep.equal(['Limit', 'Index Scan']);
    const scan = plan[1];
    expect(scan?.['Index Name']).to.equal(index);
    expect(scan?.['Actual Rows']).to.equal(rows);
    expect(scan?.['Rows Removed by Filter'] ?? 0).to.equal(0);
    return buffersOf(plan);
  }

  it('holds all memberships', async () => {
    const { rows } = await client.query('SELECT count(*)::int AS count FROM rollcall.memberships');
    expect(rows[0].count).to.equal(MEMBERSHIPS + USERS);
  });

  it('the cost of a page does not depend on its position in a list of 100,000 members', async () => {
    const costs: number[] = [];
    for (const after of [undefined, 'user-50000', 'user-99800']) {
      const page = membershipsOfOrganization(LARGE, { limit: LIMIT, after: after as Cursor | undefined });
      costs.push(await expectIndexScan(page, 'memberships_of_organization', LIMIT + 1));
    }
    expect(Math.max(...costs), `blocks of each page: ${costs}`).to.be.below(2 * Math.min(...costs));
    expect(Math.max(...costs)).to.be.below(LIMIT + 20);
  });

  it('former members add no cost to a page', async () => {
    const page = membershipsOfOrganization(ABANDONED, { limit: LIMIT });
    expect(await expectIndexScan(page, 'memberships_of_organization', 0)).to.be.below(10);
  });

  it('lists of organizations, invitations and events, and scans, use index scans too', async () => {
    expectByKey(await explain(membershipsOfUser(parseUsername('user-00042'), { limit: LIMIT })), 10);
    await expectIndexScan(invitationsOf('org_7', { limit: 20 }), 'invitations_of_organization', 21);
    const stream = { kind: 'organization', id: 'org_7' } as const;
    await expectIndexScan(eventsOf(stream, 0, 50), 'events_pkey', 50);
    await expectIndexScan(eventsOf(stream, 90, 50), 'events_pkey', 10);
    const positions: readonly (readonly string[])[] = [[], ['org-00500', 'user-00001'], ['org-09000', '']];
    for (const position of positions) {
      await expectIndexScan(allOfKind('membership', position, LIMIT), 'memberships_pkey', LIMIT + 1);
    }
    await expectIndexScan(allOfKind('user', ['user-99000'], LIMIT), 'users_pkey', LIMIT + 1);
  });

  it('a check reads one or a hundred records by key', async () => {
    for (const count of [1, 33]) {
      const keys = Array.from({ length: count }, (_, index) => {
        const organization = parseSlug(`org-0${4000 + index}`);
        const username = parseUsername(`user-${String(100 * index).padStart(5, '0')}`);
        return [userKey(username), organizationKey(organization), membershipKey(organization, username)];
      }).flat();
      expectByKey(await explain(selectRecords(keys)), keys.length);
    }
    const email = normalizeEmail(parseEmail('user-00042@example.org'));
    expectByKey(await explain(selectRecords([emailKey(email)])), 1);
    expectByKey(await explain(idempotencyRecord('request-500', '2020-01-01T00:00:00.000Z')), 1);
  });

  it('a change locks and writes its records by key', async () => {
    const user = aUser({ username: parseUsername('user-00042') });
    const change = aChange(
      [update(userKey(user.username), 1, user), erase(membershipKey(LARGE, user.username), 1)],
      {
        conditions: [{ key: organizationKey(LARGE), version: 1 }],
        events: [anEvent([organizationStream('org_7')])],
        idempotency: {
          id: 'request-500',
          fingerprint: 'f',
          response: 1,
          changedKeys: [],
          expiresAt: '2026-01-02T00:00:00.000Z',
        },
      },
    );
    const lock = lockRecords(change);
    if (lock === undefined) return expect.fail('nothing to lock');
    expectByKey(await explain(lock), 4);
    for (const statement of writesOf(change, true, TOMBSTONE_TTL_MS)) {
      expectByKey(await explain(statement), 0);
    }
  });

  it('the sweep uses only indexes on expired records', async () => {
    const plan = await explain(lockExpired('2100-01-01T00:00:00.000Z', LIMIT));
    expectByKey(plan, LIMIT);
    expect(typesOf(plan)).to.not.include('Sort');
  });

  /** Asserts that no table is scanned sequentially and that few blocks beyond the requested rows are read. */
  function expectByKey(plan: readonly Plan[], rows: number): void {
    expect(typesOf(plan)).to.not.include('Seq Scan');
    expect(plan[0]?.['Actual Rows']).to.equal(rows);
    expect(buffersOf(plan), 'blocks').to.be.below(100 + 8 * rows);
  }
});
