import { parseSlug, parseUsername, type Slug, type Username } from '../../../domain/names.ts';
import type { Deadline } from '../../../ports/clock.ts';
import { NOTHING_THERE } from './conditions.ts';
import type { DynamoReads } from './dynamo-reads.ts';
import type { DynamoRequests } from './dynamo-requests.ts';
import type { Item } from './items.ts';
import { type Address, isSpelt, MEMBER_PREFIX, splitAtFirst } from './keys.ts';

/** What stands where a renamed user or organization stood, so that its memberships are known to be its. */
interface Forwarding extends Address {
  readonly movedTo: string;
}

/** What became of a name. */
export type Renaming = 'renamed' | 'taken' | 'gone';

/**
 * Names of the tutorial with upper-case letters, which the service spells in lower case. Which of them were renamed is
 * told by the table itself, so that an interrupted migration goes on where it was.
 */
export class LegacyNames {
  readonly #requests: DynamoRequests;
  readonly #reads: DynamoReads;
  readonly #table: string;

  constructor(requests: DynamoRequests, reads: DynamoReads, tableName: string) {
    this.#requests = requests;
    this.#reads = reads;
    this.#table = tableName;
  }

  /** Gives a user or an organization its name in lower case, unless that is taken. */
  rename(item: Item, deadline: Deadline): Promise<Renaming> {
    const [kind, name] = splitAtFirst(item.PK);
    const lower = name.toLowerCase();
    const PK = `${kind}#${lower}`;
    const field = kind === 'USER' ? 'username' : 'organizationName';
    // What people call it stays as it was.
    const title = kind === 'ORG' ? { displayName: item['displayName'] ?? name } : {};
    const forwarding: Forwarding = { PK: item.PK, SK: item.SK, movedTo: lower };
    return this.#move(item, { ...item, ...title, [field]: lower, PK, SK: PK }, forwarding, deadline);
  }

  /** Gives a membership to the renamed user and organization. */
  moveMembership(item: Item, organization: Slug, username: Username, deadline: Deadline): Promise<Renaming> {
    const address = { PK: `ORGMEMBERS#${organization}`, SK: MEMBER_PREFIX + username };
    const moved = { ...item, ...address, organizationName: organization, memberUsername: username };
    return this.#move(item, moved, undefined, deadline);
  }

  /**
   * The name in lower case, if it is the same user's: spelt so from the start, or renamed. `undefined` = there was none,
   * or the name in lower case is somebody else's.
   */
  async username(name: string, deadline: Deadline): Promise<Username | undefined> {
    if (isSpelt(parseUsername, name)) return name;
    const target = await this.#movedTo(`USER#${name}`, deadline);
    return target !== undefined && isSpelt(parseUsername, target) ? target : undefined;
  }

  /** The same of an organization. */
  async slug(name: string, deadline: Deadline): Promise<Slug | undefined> {
    if (isSpelt(parseSlug, name)) return name;
    const target = await this.#movedTo(`ORG#${name}`, deadline);
    return target !== undefined && isSpelt(parseSlug, target) ? target : undefined;
  }

  async #movedTo(PK: string, deadline: Deadline): Promise<string | undefined> {
    const item = await this.#reads.one({ PK, SK: PK }, deadline);
    return item?.['movedTo'] as string | undefined;
  }

  async #move(
    { PK, SK }: Address,
    Item: Item,
    forwarding: Forwarding | undefined,
    deadline: Deadline,
  ): Promise<Renaming> {
    const TableName = this.#table;
    const stillThere = { ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(movedTo)' };
    const leave =
      forwarding === undefined
        ? { Delete: { TableName, Key: { PK, SK }, ...stillThere } }
        : { Put: { TableName, Item: forwarding, ...stillThere } };
    const [failed] = await this.#requests.transact(
      [leave, { Put: { TableName, Item, ...NOTHING_THERE } }],
      deadline,
    );
    if (failed === undefined) return 'renamed';
    return failed === 0 ? 'gone' : 'taken';
  }
}

/** Whether an item is a user or an organization under a name that is not spelt as names are. */
export function isMisspelt(item: Item): boolean {
  const [kind, name] = splitAtFirst(item.PK);
  if (isForwarding(item) || item.PK !== item.SK) return false;
  if (kind === 'USER') return !isSpelt(parseUsername, name);
  return kind === 'ORG' && !isSpelt(parseSlug, name);
}

/** Such a name in lower case, with its kind; `undefined` = that is no valid name either. */
export function spelling({ PK }: Address): string | undefined {
  const [kind, name] = splitAtFirst(PK);
  try {
    return `${kind}#${kind === 'USER' ? parseUsername(name) : parseSlug(name)}`;
  } catch {
    return undefined;
  }
}

export function isForwarding(item: Item): boolean {
  return item['movedTo'] !== undefined;
}
