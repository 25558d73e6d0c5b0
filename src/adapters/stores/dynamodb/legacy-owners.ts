import type { Slug, Username } from '../../../domain/names.ts';
import type { Loaded, RecordKey } from '../../../domain/records.ts';
import type { Deadline } from '../../../ports/clock.ts';
import type { DynamoReads } from './dynamo-reads.ts';
import type { Item } from './items.ts';
import { type Address, keyAt, membersPartition } from './keys.ts';

/** Whether this is a legacy organization, whose Owners are recorded in its memberships only. */
export function lacksOwners(key: RecordKey, item: Item | undefined): boolean {
  return (
    key.kind === 'organization' &&
    item !== undefined &&
    item.deletedAt === undefined &&
    item['owners'] === undefined
  );
}

/** All members with the role Owner, in order of their names. Reads the organization's whole partition. */
export async function findOwners(
  reads: DynamoReads,
  organization: Slug,
  deadline: Deadline,
): Promise<readonly Username[]> {
  const owners: Username[] = [];
  let start: Address | undefined;
  do {
    const found = await reads.query(
      {
        KeyConditionExpression: 'PK = :partition',
        FilterExpression: '#role = :owner AND attribute_not_exists(deletedAt)',
        ExpressionAttributeNames: { '#role': 'role' },
        ExpressionAttributeValues: { ':partition': membersPartition(organization), ':owner': 'Owner' },
        ExclusiveStartKey: start && { ...start },
      },
      deadline,
    );
    for (const item of found.items) {
      const key = keyAt(item);
      if (key?.kind === 'membership') owners.push(key.username);
    }
    start = found.next;
  } while (start !== undefined);
  return owners;
}

/** Returns a copy of the organization with these owners. */
export function withOwners(loaded: Loaded, owners: readonly Username[]): Loaded {
  return { ...loaded, record: { ...loaded.record, owners } as Loaded['record'] };
}
