import type { RecordedEvent } from '../../../domain/event.ts';
import type { RecordKey, RecordOf, Versioned } from '../../../domain/records.ts';
import type { Deadline } from '../../../ports/clock.ts';
import type { Cursor, Page, PageRequest } from '../../../ports/user-store.ts';
import type { DynamoReads } from './dynamo-reads.ts';
import { eventFrom, type Item, recordFrom } from './items.ts';
import { type Address, eventAddress } from './keys.ts';

/** A partition that lists records of one kind, by the sort key's text behind the prefix. */
export interface Listing<Key extends RecordKey> {
  readonly partition: string;
  readonly prefix: string;
  /** The record's key, from the name on the list; `undefined` = nobody can ask for it. */
  keyOf(name: string): Key | undefined;
}

/** Reads on behind tombstones until the page is full or the list ends. A cursor is the last name passed. */
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
      if (items.length === limit) return { items, next: nameOf(start, prefix) };
      start = item;
      const key = keyOf(nameOf(item, prefix));
      if (key === undefined) continue;
      items.push({ record: recordFrom(key, item) as RecordOf<Key>, version: item.version ?? 0 });
    }
    start = found.next;
  } while (start !== undefined && items.length < limit);
  return { items, ...(start === undefined ? {} : { next: nameOf(start, prefix) }) };
}

/** As many events as asked for: DynamoDB ends an answer at a megabyte. */
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

/** The greatest number of 12 digits. */
const LAST_SEQ = 999_999_999_999;

function nameOf(address: Address | undefined, prefix: string): Cursor & string {
  return (address?.SK ?? '').slice(prefix.length) as Cursor;
}
