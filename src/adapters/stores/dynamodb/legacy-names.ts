import { parseSlug, parseUsername, type Slug, type Username } from '../../../domain/names.ts';
import type { Deadline } from '../../../ports/clock.ts';
import { ITEM_ABSENT } from './conditions.ts';
import type { DynamoReads } from './dynamo-reads.ts';
import type { DynamoRequests } from './dynamo-requests.ts';
import type { Item } from './items.ts';
import { type Address, isCanonical, MEMBER_PREFIX, splitAtFirst } from './keys.ts';

/** Replaces the item of a renamed user or organization, so that its memberships can be assigned to the new name. */
interface Redirect extends Address {
  readonly movedTo: string;
}

/** `taken` = the new name exists already; `gone` = the old item no longer exists. */
export type RenameResult = 'renamed' | 'taken' | 'gone';

/**
 * Renames legacy items whose names contain upper-case letters: the service uses lower-case names only. The table
 * itself records the completed renames, so an interrupted migration can resume.
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

  /** Changes the name of a user or an organization to lower case, unless that name is taken. */
  rename(item: Item, deadline: Deadline): Promise<RenameResult> {
    const [kind, name] = splitAtFirst(item.PK);
    const newName = name.toLowerCase();
    const PK = `${kind}#${newName}`;
    const field = kind === 'USER' ? 'username' : 'organizationName';
    // The display name keeps its upper-case letters.
    const displayName = kind === 'ORG' ? { displayName: item['displayName'] ?? name } : {};
    const redirect: Redirect = { PK: item.PK, SK: item.SK, movedTo: newName };
    return this.#move(item, { ...item, ...displayName, [field]: newName, PK, SK: PK }, redirect, deadline);
  }

  /** Moves a membership to the renamed user and organization. */
  moveMembership(
    item: Item,
    organization: Slug,
    username: Username,
    deadline: Deadline,
  ): Promise<RenameResult> {
    const address = { PK: `ORGMEMBERS#${organization}`, SK: MEMBER_PREFIX + username };
    const moved = { ...item, ...address, organizationName: organization, memberUsername: username };
    return this.#move(item, moved, undefined, deadline);
  }

  /**
   * The current name of a user: the same name if it is canonical, otherwise the name after the rename. `undefined` =
   * there is no such user, or the lower-case name belongs to a different one.
   */
  async username(name: string, deadline: Deadline): Promise<Username | undefined> {
    if (isCanonical(parseUsername, name)) return name;
    const target = await this.#movedTo(`USER#${name}`, deadline);
    return target !== undefined && isCanonical(parseUsername, target) ? target : undefined;
  }

  /** The current name of an organization, by the same rules. */
  async slug(name: string, deadline: Deadline): Promise<Slug | undefined> {
    if (isCanonical(parseSlug, name)) return name;
    const target = await this.#movedTo(`ORG#${name}`, deadline);
    return target !== undefined && isCanonical(parseSlug, target) ? target : undefined;
  }

  async #movedTo(PK: string, deadline: Deadline): Promise<string | undefined> {
    const item = await this.#reads.get({ PK, SK: PK }, deadline);
    return item?.['movedTo'] as string | undefined;
  }

  async #move(
    { PK, SK }: Address,
    Item: Item,
    redirect: Redirect | undefined,
    deadline: Deadline,
  ): Promise<RenameResult> {
    const TableName = this.#table;
    const notMoved = { ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(movedTo)' };
    const removeOld =
      redirect === undefined
        ? { Delete: { TableName, Key: { PK, SK }, ...notMoved } }
        : { Put: { TableName, Item: redirect, ...notMoved } };
    const [failed] = await this.#requests.transact(
      [removeOld, { Put: { TableName, Item, ...ITEM_ABSENT } }],
      deadline,
    );
    if (failed === undefined) return 'renamed';
    return failed === 0 ? 'gone' : 'taken';
  }
}

/** Whether an item is a user or an organization whose name is not canonical. */
export function hasNonCanonicalName(item: Item): boolean {
  const [kind, name] = splitAtFirst(item.PK);
  if (isRedirect(item) || item.PK !== item.SK) return false;
  if (kind === 'USER') return !isCanonical(parseUsername, name);
  return kind === 'ORG' && !isCanonical(parseSlug, name);
}

/** The partition key after the rename; `undefined` = the name is invalid in lower case too. */
export function canonicalKey({ PK }: Address): string | undefined {
  const [kind, name] = splitAtFirst(PK);
  try {
    return `${kind}#${kind === 'USER' ? parseUsername(name) : parseSlug(name)}`;
  } catch {
    return undefined;
  }
}

export function isRedirect(item: Item): boolean {
  return item['movedTo'] !== undefined;
}
