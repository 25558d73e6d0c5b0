import { type DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { parseSlug, parseUsername } from '../../../../src/domain/names.ts';
import { planChangeRole } from '../../../../src/domain/plans/change-role.ts';
import { membershipKey, organizationKey, userKey } from '../../../../src/domain/records.ts';
import type { Role } from '../../../../src/domain/role.ts';
import type { UserStore } from '../../../../src/ports/user-store.ts';

type Items = readonly Readonly<Record<string, unknown>>[];

/** Users, organizations and memberships just as the tutorial wrote them. */
export const tutorialUser = (username: string) => ({
  PK: `USER#${username}`,
  SK: `USER#${username}`,
  username,
  firstName: 'Ann',
  lastName: 'Archer',
});

export const tutorialOrganization = (organizationName: string, foundingUser: string) => ({
  PK: `ORG#${organizationName}`,
  SK: `ORG#${organizationName}`,
  organizationName,
  foundingUser,
});

export const tutorialMembership = (organizationName: string, memberUsername: string, role: Role) => ({
  PK: `ORGMEMBERS#${organizationName}`,
  SK: `MEMBER#${memberUsername}`,
  organizationName,
  memberUsername,
  role,
});

export async function fill(client: DynamoDBDocumentClient, TableName: string, items: Items): Promise<void> {
  for (const Item of items) await client.send(new PutCommand({ TableName, Item }));
}

/** Everything in the table, by key. */
export async function dump(
  client: DynamoDBDocumentClient,
  TableName: string,
): Promise<Readonly<Record<string, Record<string, unknown>>>> {
  const items: Record<string, Record<string, unknown>> = {};
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const found = await client.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }));
    for (const item of found.Items ?? []) items[`${item['PK']} ${item['SK']}`] = item;
    ExclusiveStartKey = found.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
}

/** The items without the order of their lists, and without the count of the changes that led there. */
export function sortedItems(items: Awaited<ReturnType<typeof dump>>): unknown {
  return Object.entries(items)
    .map(([key, { version: _, owners, ownerOf, ...rest }]) => ({
      key,
      rest,
      owners: ((owners ?? []) as string[]).toSorted(),
      ownerOf: ((ownerOf ?? []) as { id: string }[]).map(({ id }) => id).sort(),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

const clock = new SystemClock();
const soon = () => clock.monotonic() + 5000;

/** What the service does when one member changes the role of another. */
export async function changeRole(
  store: UserStore,
  organizationName: string,
  callerName: string,
  memberName: string,
  role: Role,
): Promise<void> {
  const [name, callerUsername, username] = [
    parseSlug(organizationName),
    parseUsername(callerName),
    parseUsername(memberName),
  ];
  const [organization, caller, callerMembership] = await store.readMany(
    [organizationKey(name), userKey(callerUsername), membershipKey(name, callerUsername)],
    soon(),
  );
  const [user, membership] =
    username === callerUsername
      ? [caller, callerMembership]
      : await store.readMany([userKey(username), membershipKey(name, username)], soon());
  const { change } = planChangeRole(
    { caller, organization, callerMembership, user, membership, ownedOrganizations: [] },
    role,
    undefined,
    { caller: { type: 'user', username: callerUsername }, at: new Date().toISOString() },
  );
  if (change !== undefined) await store.commit(change, soon());
}
