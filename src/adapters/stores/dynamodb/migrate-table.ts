import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { Deadline } from '../../../ports/clock.ts';
import type { Progress } from '../../../ports/maintenance.ts';
import { DynamoReads } from './dynamo-reads.ts';
import { DynamoRequests } from './dynamo-requests.ts';
import { type DynamoOptions, DynamoUserStore } from './dynamo-user-store.ts';
import type { Item } from './items.ts';
import { type Address, keyAt, MEMBER_PREFIX, splitAtFirst } from './keys.ts';
import { markMigrated } from './legacy-deletion-guard.ts';
import { canonicalKey, hasNonCanonicalName, isRedirect, LegacyNames } from './legacy-names.ts';
import { LegacyRecords } from './legacy-records.ts';

export interface MigrationOptions extends DynamoOptions {
  /** The maximum duration of one step, in milliseconds. */
  readonly stepTimeoutMs: number;
  readonly onProgress?: Progress;
}

export interface MigrationSummary {
  /** The number of records completed with version, id, times, mirror and owners. */
  readonly completed: number;
  /** The number of users, organizations and memberships whose names were changed to lower case. */
  readonly renamed: number;
  /** Keys that differ only in case: requests can address at most one of them. Unchanged, like their memberships. */
  readonly collisions: readonly (readonly string[])[];
  /** Keys that no request can address: invalid names, and memberships of these or of collisions. Not changed. */
  readonly unreachable: readonly string[];
  /** `<organization>/<username>` of each Owner whose user does not exist. */
  readonly ownersWithoutUser: readonly string[];
}

/** The number of items processed concurrently. */
const BATCH_SIZE = 25;
/** Names; then memberships, which depend on names; then users and organizations, which depend on memberships. */
const PASSES = 3;

/**
 * Migrates the legacy items of a table. It keeps no state, so it can be interrupted and repeated at any time.
 * Every write is conditional on what was read, so it is safe while the service writes.
 *
 * @throws {StoreUnavailable | OutcomeUnknown} run it again
 */
export function migrateTable(options: MigrationOptions): Promise<MigrationSummary> {
  return new Migration(options).run();
}

class Migration {
  readonly #options: MigrationOptions;
  readonly #requests: DynamoRequests;
  readonly #reads: DynamoReads;
  readonly #names: LegacyNames;
  readonly #records: LegacyRecords;
  readonly #collisions: string[][] = [];
  readonly #unreachable = new Set<string>();
  readonly #orphans = new Set<string>();
  #completed = 0;
  #renamed = 0;

  constructor(options: MigrationOptions) {
    const { clock, tableName } = options;
    this.#options = options;
    this.#requests = new DynamoRequests(options);
    this.#reads = new DynamoReads(this.#requests, tableName);
    this.#names = new LegacyNames(this.#requests, this.#reads, tableName);
    const store = new DynamoUserStore(options);
    const [requests, reads, names] = [this.#requests, this.#reads, this.#names];
    this.#records = new LegacyRecords({
      store,
      requests,
      reads,
      names,
      clock,
      stepDeadline: () => this.#stepDeadline(),
    });
  }

  async run(): Promise<MigrationSummary> {
    const total = await this.#itemCount();
    let done = 0;
    const progress = (items: number): void => {
      done += items;
      this.#options.onProgress?.(done, total && Math.max(done, total * PASSES));
    };
    await this.#renameAll(progress);
    await this.#forEachItem(progress, (item) => this.#migrateMembership(item));
    await this.#forEachItem(progress, (item) => this.#migrateUserOrOrganization(item));
    await markMigrated(this.#requests, this.#options.tableName, this.#stepDeadline());
    return {
      completed: this.#completed,
      renamed: this.#renamed,
      collisions: this.#collisions.map((names) => names.toSorted()).sort(),
      unreachable: [...this.#unreachable].sort(),
      ownersWithoutUser: [...this.#orphans].sort(),
    };
  }

  /** Collects all names before it changes any, because neither of two names that differ only in case has precedence. */
  async #renameAll(progress: (items: number) => void): Promise<void> {
    const renameable = new Map<string, Item[]>();
    await this.#forEachItem(progress, async (item) => {
      if (!hasNonCanonicalName(item)) return;
      const target = canonicalKey(item);
      if (target === undefined) this.#unreachable.add(item.PK);
      else renameable.set(target, [...(renameable.get(target) ?? []), item]);
    });
    for (const [target, items] of renameable) {
      const names = items.map(({ PK }) => PK);
      const [item, ...others] = items;
      const outcome =
        item === undefined || others.length > 0
          ? 'gone'
          : await this.#names.rename(item, this.#stepDeadline());
      if (outcome === 'renamed') this.#renamed += 1;
      if (outcome === 'taken') this.#collisions.push([target, ...names]);
      if (others.length === 0) continue;
      const existing = await this.#reads.get({ PK: target, SK: target }, this.#stepDeadline());
      this.#collisions.push(existing === undefined ? names : [target, ...names]);
    }
  }

  async #migrateMembership(item: Item): Promise<void> {
    const [kind, organizationName] = splitAtFirst(item.PK);
    if (kind !== 'ORGMEMBERS' || !isLegacy(item)) return;
    const key = keyAt(item);
    if (key !== undefined) {
      this.#addCompleted(await this.#records.complete(key));
      return;
    }
    const deadline = this.#stepDeadline();
    const organization = await this.#names.slug(organizationName, deadline);
    const username = await this.#names.username(item.SK.slice(MEMBER_PREFIX.length), deadline);
    if (organization === undefined || username === undefined) {
      this.#unreachable.add(`${item.PK} ${item.SK}`);
      return;
    }
    const outcome = await this.#names.moveMembership(item, organization, username, this.#stepDeadline());
    const moved = { kind: 'membership', organization, username } as const;
    if (outcome === 'taken') this.#collisions.push([item, moved].map(formatKey));
    if (outcome !== 'renamed') return;
    this.#renamed += 1;
    this.#addCompleted(await this.#records.complete(moved));
  }

  async #migrateUserOrOrganization(item: Item): Promise<void> {
    const key = keyAt(item);
    if (item.deletedAt !== undefined) return;
    if (key?.kind === 'user' && isLegacy(item)) {
      this.#addCompleted(await this.#records.complete(key));
    }
    if (key?.kind === 'organization') {
      const onOrphanedOwner = (owner: string): unknown => this.#orphans.add(`${key.name}/${owner}`);
      this.#addCompleted(await this.#records.completeOrganization(key.name, onOrphanedOwner));
    }
  }

  /** `this.#completed += await …` would read the old value before the wait, and lose concurrent additions. */
  #addCompleted(written: number): void {
    this.#completed += written;
  }

  async #forEachItem(progress: (items: number) => void, visit: (item: Item) => Promise<void>): Promise<void> {
    let start: Address | undefined;
    do {
      const found = await this.#reads.scan(BATCH_SIZE, start, this.#stepDeadline());
      await Promise.all(found.items.map(visit));
      progress(found.items.length);
      start = found.next;
    } while (start !== undefined);
  }

  /** An estimate: DynamoDB updates its item count about every six hours. */
  async #itemCount(): Promise<number | undefined> {
    const command = new DescribeTableCommand({ TableName: this.#options.tableName });
    const { Table } = await this.#requests.read(this.#stepDeadline(), (client, options) =>
      client.send(command, options),
    );
    return Table?.ItemCount || undefined;
  }

  #stepDeadline(): Deadline {
    return this.#options.clock.monotonic() + this.#options.stepTimeoutMs;
  }
}

function isLegacy(item: Item): boolean {
  return item.version === undefined && item.deletedAt === undefined && !isRedirect(item);
}

function formatKey(key: Address | { organization: string; username: string }): string {
  return 'PK' in key ? `${key.PK} ${key.SK}` : `ORGMEMBERS#${key.organization} MEMBER#${key.username}`;
}
