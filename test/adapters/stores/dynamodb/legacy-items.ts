import { type DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { parseSlug, parseUsername } from '../../../../src/domain/names.ts';
import { planChangeRole } from '../../../../src/domain/plans/change-role.ts';
import { membershipKey, organizationKey, userKey } from '../../../../src/domain/records.ts';
import type { Role } from '../../../../src/domain/role.ts';
import type { BoundStore } from '../../../support/bound-store.ts';
import { deadline } from '../../../support/deadline.ts';

type ItemList = readonly Readonly<Record<string, unknown>>[];

/** Items as the tutorial wrote them. */
export const legacyUser = (username: string) => ({
  PK: `USER#${username}`,
  SK: `USER#${username}`,
  username,
  firstName: 'Ann',
  lastName: 'Archer',
});

export const legacyOrganization = (organizationName: string, foundingUser: string) => ({
  PK: `ORG#${organizationName}`,
  SK: `ORG#${organizationName}`,
  organizationName,
  foundingUser,
});

export const legacyMembership = (organizationName: string, memberUsername: string, role: Role) => ({
  PK: `ORGMEMBERS#${organizationName}`,
  SK: `MEMBER#${memberUsername}`,
  organizationName,
  memberUsername,
  role,
});

export async function putItems(
  client: DynamoDBDocumentClient,
  TableName: string,
  items: ItemList,
): Promise<void> {
  for (const Item of items) await client.send(new PutCommand({ TableName, Item }));
}

/** All items of the table, by key. */
export async function readAllItems(
  client: DynamoDBDocumentClient,
  TableName: string,
): Promise<Readonly<Record<string, Record<string, unknown>>>> {
  const items: Record<string, Record<string, unknown>> = {};
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }));
    for (const item of page.Items ?? []) items[`${item['PK']} ${item['SK']}`] = item;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
}

/** Removes what depends on the order of the writes: versions, and the order of lists. */
export function normalizedItems(items: Awaited<ReturnType<typeof readAllItems>>): unknown {
  return Object.entries(items)
    .map(([key, { version: _, owners, ownerOf, ...rest }]) => ({
      key,
      rest,
      owners: ((owners ?? []) as string[]).toSorted(),
      ownerOf: ((ownerOf ?? []) as { id: string }[]).map(({ id }) => id).sort(),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Changes a role in the same way as the service. */
export async function changeRole(
  store: BoundStore,
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
    deadline(),
  );
  const [user, membership] =
    username === callerUsername
      ? [caller, callerMembership]
      : await store.readMany([userKey(username), membershipKey(name, username)], deadline());
  const { change } = planChangeRole(
    { caller, organization, callerMembership, user, membership, ownedOrganizations: [] },
    role,
    undefined,
    { caller: { type: 'user', username: callerUsername }, at: new Date().toISOString() },
  );
  if (change !== undefined) await store.commit(change, deadline());
}
