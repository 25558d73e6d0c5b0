import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { Deadline } from '../../../ports/clock.ts';
import { DynamoReads } from './dynamo-reads.ts';
import { DynamoRequests } from './dynamo-requests.ts';
import { type DynamoOptions, DynamoUserStore } from './dynamo-user-store.ts';
import type { Item } from './items.ts';
import { type Address, keyAt, MEMBER_PREFIX, splitAtFirst } from './keys.ts';
import { noteMigration } from './legacy-deletions.ts';
import { isForwarding, isMisspelt, LegacyNames, spelling } from './legacy-names.ts';
import { LegacyRecords } from './legacy-records.ts';

export interface MigrationOptions extends DynamoOptions {
  /** How long one step may take, in milliseconds. */
  readonly stepTimeoutMs: number;
  /** Called with the items looked at, and how many there are in all, as far as the table says. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

export interface MigrationSummary {
  /** Records written in full: with version, id, times, mirror, owners on both sides. */
  readonly completed: number;
  /** Users, organizations and memberships whose names were put in lower case. */
  readonly renamed: number;
  /** Keys that differ only in case; at most one of them can be reached. Left as they are, with all that belongs to them. */
  readonly collisions: readonly (readonly string[])[];
  /** Keys that nobody can ask for: names that are invalid, or memberships of such and of collisions. Left as they are. */
  readonly unreachable: readonly string[];
  /** `<organization>/<username>` of Owners who are not users. */
  readonly ownersWithoutUser: readonly string[];
}

/** Items that are worked on side by side. */
const BATCH = 25;
/** Names; memberships, which follow the names; users and organizations, whose owners follow the memberships. */
const PASSES = 3;

/**
 * Completes a table that the tutorial filled. It looks at what is there and keeps no state, so it can be stopped at any
 * moment and run any number of times, while the service writes: every write is on condition of what was read.
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
    this.#records = new LegacyRecords({ store, requests, reads, names, clock, soon: () => this.#soon() });
  }

  async run(): Promise<MigrationSummary> {
    const total = await this.#total();
    let done = 0;
    const progress = (items: number): void => {
      done += items;
      this.#options.onProgress?.(done, total && Math.max(done, total * PASSES));
    };
    await this.#renameAll(progress);
    await this.#each(progress, (item) => this.#membership(item));
    await this.#each(progress, (item) => this.#userOrOrganization(item));
    await noteMigration(this.#requests, this.#options.tableName, this.#soon());
    return {
      completed: this.#completed,
      renamed: this.#renamed,
      collisions: this.#collisions.map((names) => names.toSorted()).sort(),
      unreachable: [...this.#unreachable].sort(),
      ownersWithoutUser: [...this.#orphans].sort(),
    };
  }

  /** All names are seen before one is changed: of two that differ only in case, neither is more right than the other. */
  async #renameAll(progress: (items: number) => void): Promise<void> {
    const misspelt = new Map<string, Item[]>();
    await this.#each(progress, async (item) => {
      if (!isMisspelt(item)) return;
      const target = spelling(item);
      if (target === undefined) this.#unreachable.add(item.PK);
      else misspelt.set(target, [...(misspelt.get(target) ?? []), item]);
    });
    for (const [target, items] of misspelt) {
      const names = items.map(({ PK }) => PK);
      const [item, ...others] = items;
      const outcome =
        item === undefined || others.length > 0 ? 'gone' : await this.#names.rename(item, this.#soon());
      if (outcome === 'renamed') this.#renamed += 1;
      if (outcome === 'taken') this.#collisions.push([target, ...names]);
      if (others.length === 0) continue;
      const spelt = await this.#reads.one({ PK: target, SK: target }, this.#soon());
      this.#collisions.push(spelt === undefined ? names : [target, ...names]);
    }
  }

  async #membership(item: Item): Promise<void> {
    const [kind, organizationName] = splitAtFirst(item.PK);
    if (kind !== 'ORGMEMBERS' || !isLegacy(item)) return;
    const key = keyAt(item);
    if (key !== undefined) {
      this.#count(await this.#records.complete(key));
      return;
    }
    const deadline = this.#soon();
    const organization = await this.#names.slug(organizationName, deadline);
    const username = await this.#names.username(item.SK.slice(MEMBER_PREFIX.length), deadline);
    if (organization === undefined || username === undefined) {
      this.#unreachable.add(`${item.PK} ${item.SK}`);
      return;
    }
    const outcome = await this.#names.moveMembership(item, organization, username, this.#soon());
    const moved = { kind: 'membership', organization, username } as const;
    if (outcome === 'taken') this.#collisions.push([item, moved].map(nameOf));
    if (outcome !== 'renamed') return;
    this.#renamed += 1;
    this.#count(await this.#records.complete(moved));
  }

  async #userOrOrganization(item: Item): Promise<void> {
    const key = keyAt(item);
    if (item.deletedAt !== undefined) return;
    if (key?.kind === 'user' && isLegacy(item)) {
      this.#count(await this.#records.complete(key));
    }
    if (key?.kind === 'organization') {
      const orphaned = (owner: string): unknown => this.#orphans.add(`${key.name}/${owner}`);
      this.#count(await this.#records.completeOrganization(key.name, orphaned));
    }
  }

  /** `+= await` would add to what the number was before the wait, and lose what others added meanwhile. */
  #count(written: number): void {
    this.#completed += written;
  }

  async #each(progress: (items: number) => void, visit: (item: Item) => Promise<void>): Promise<void> {
    let start: Address | undefined;
    do {
      const found = await this.#reads.scan(BATCH, start, this.#soon());
      await Promise.all(found.items.map(visit));
      progress(found.items.length);
      start = found.next;
    } while (start !== undefined);
  }

  /** DynamoDB counts its items every few hours. */
  async #total(): Promise<number | undefined> {
    const command = new DescribeTableCommand({ TableName: this.#options.tableName });
    const { Table } = await this.#requests.read(this.#soon(), (client, options) =>
      client.send(command, options),
    );
    return Table?.ItemCount || undefined;
  }

  #soon(): Deadline {
    return this.#options.clock.monotonic() + this.#options.stepTimeoutMs;
  }
}

function isLegacy(item: Item): boolean {
  return item.version === undefined && item.deletedAt === undefined && !isForwarding(item);
}

function nameOf(one: Address | { organization: string; username: string }): string {
  return 'PK' in one ? `${one.PK} ${one.SK}` : `ORGMEMBERS#${one.organization} MEMBER#${one.username}`;
}
