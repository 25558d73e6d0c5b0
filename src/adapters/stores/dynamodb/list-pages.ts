import type { RecordedEvent } from '../../../domain/event.ts';
import type { RecordKey, RecordOf, Versioned } from '../../../domain/records.ts';
import type { Deadline } from '../../../ports/clock.ts';
import type { Cursor, Page, PageRequest } from '../../../ports/user-store.ts';
import type { DynamoReads } from './dynamo-reads.ts';
import { eventFrom, type Item, recordFrom } from './items.ts';
import { type Address, eventAddress } from './keys.ts';

/** A partition that lists records of one kind, ordered by the part of the sort key after the prefix. */
export interface Listing<Key extends RecordKey> {
  readonly partition: string;
  readonly prefix: string;
  /** The key of the record with this name on the list; `undefined` = no request can address it. */
  keyOf(name: string): Key | undefined;
}

/** Skips tombstones until the page is full or the list ends. A cursor is the name of the last item read. */
export async function listPage<Key extends RecordKey>(
  reads: DynamoReads,
  { partition, prefix, keyOf }: Listing<Key>,
  { limit, after }: PageRequest,
  deadline: Deadline,
): Promise<Page<Versioned<RecordOf<Key>>>> {
  const items: Versioned<RecordOf<Key>>[] = [];
  let start: Address | undefined = after === undefined ? undefined : { PK: partition, SK: prefix + after };
  do {
    const found = await reads.query(
      {
        KeyConditionExpression: 'PK = :partition AND begins_with(SK, :prefix)',
        FilterExpression: 'attribute_not_exists(deletedAt)',
        ExpressionAttributeValues: { ':partition': partition, ':prefix': prefix },
        Limit: limit,
        ExclusiveStartKey: start && { ...start },
      },
      deadline,
    );
    for (const item of found.items) {
      if (items.length === limit) return { items, next: positionOf(start, prefix) };
      start = item;
      const key = keyOf(positionOf(item, prefix));
      if (key === undefined) continue;
      items.push({ record: recordFrom(key, item) as RecordOf<Key>, version: item.version ?? 0 });
    }
    start = found.next;
  } while (start !== undefined && items.length < limit);
  return { items, ...(start === undefined ? {} : { next: positionOf(start, prefix) }) };
}

/** Returns `limit` events if there are as many, although DynamoDB returns at most one megabyte per request. */
export async function listEvents(
  reads: DynamoReads,
  partition: string,
  after: number,
  limit: number,
  deadline: Deadline,
): Promise<RecordedEvent[]> {
  if (after >= LAST_SEQ) return [];
  const events: Item[] = [];
  let start: Address | undefined;
  do {
    const found = await reads.query(
      {
        KeyConditionExpression: 'PK = :partition AND SK BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':partition': partition,
          ':first': eventAddress(partition, after + 1).SK,
          ':last': eventAddress(partition, LAST_SEQ).SK,
        },
        Limit: limit - events.length,
        ExclusiveStartKey: start && { ...start },
      },
      deadline,
    );
    events.push(...found.items);
    start = found.next;
  } while (start !== undefined && events.length < limit);
  return events.map(eventFrom);
}

/** The highest event number that a sort key of 12 digits can hold. */
const LAST_SEQ = 999_999_999_999;

function positionOf(address: Address | undefined, prefix: string): Cursor & string {
  return (address?.SK ?? '').slice(prefix.length) as Cursor;
}
