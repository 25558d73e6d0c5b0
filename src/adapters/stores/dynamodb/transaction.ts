import { type Change, type Condition, versionAfter, type Write } from '../../../domain/change.ts';
import type { NewEvent } from '../../../domain/event.ts';
import type { Conflict } from '../../../ports/errors.ts';
import { absentOrExpiredAt, ITEM_ABSENT, lastSeqIs, versionMatches } from './conditions.ts';
import type { TransactWriteItem } from './dynamo-requests.ts';
import { idempotencyItem, recordItem, tombstone } from './items.ts';
import { addressOf, eventAddress, headAddress, mirrorAddress, streamPartition } from './keys.ts';

/** One operation of a transaction. */
export interface Step {
  readonly operation: TransactWriteItem;
  /** What has moved if the condition fails: a record of the change, or the head of a stream, which allows a retry. */
  readonly moved: Conflict['moved'] | 'stream_head';
}

export interface TableSettings {
  readonly tableName: string;
  /** The minimum time that a tombstone is kept. */
  readonly tombstoneTtlMs: number;
}

/** The partition keys of all streams that a change appends to. */
export function streamsOf({ events }: Pick<Change, 'events'>): string[] {
  return [...new Set(events.flatMap(({ streams }) => streams.map(streamPartition)))];
}

/**
 * The transaction that applies a change.
 * @param heads the last event number of each of its streams
 */
export function transactionSteps(
  change: Change,
  heads: ReadonlyMap<string, number>,
  table: TableSettings,
): Step[] {
  const { tableName: TableName } = table;
  const steps = [
    ...change.writes.flatMap((write) => writeSteps(write, change.at, table)),
    ...change.conditions.map((condition) => conditionStep(condition, TableName)),
    ...eventSteps(change.events, heads, TableName),
  ];
  if (change.idempotency !== undefined) {
    steps.push({
      operation: {
        Put: { TableName, Item: idempotencyItem(change.idempotency), ...absentOrExpiredAt(change.at) },
      },
      moved: { kind: 'idempotency', id: change.idempotency.id },
    });
  }
  return steps;
}

/** A membership's mirror needs no condition of its own. A deletion removes it, without a tombstone. */
function writeSteps(
  write: Write,
  at: string,
  { tableName: TableName, tombstoneTtlMs }: TableSettings,
): Step[] {
  const { key, record, expected } = write;
  const version = versionAfter(write);
  const Item =
    record === undefined ? tombstone(key, version, at, tombstoneTtlMs) : recordItem(key, record, version);
  const steps: Step[] = [
    { operation: { Put: { TableName, Item, ...versionMatches(expected) } }, moved: key },
  ];
  if (key.kind === 'membership') {
    const mirror = mirrorAddress(key);
    const operation: TransactWriteItem =
      record === undefined
        ? { Delete: { TableName, Key: mirror } }
        : { Put: { TableName, Item: { ...Item, ...mirror } } };
    steps.push({ operation, moved: key });
  }
  return steps;
}

function conditionStep({ key, version }: Condition, TableName: string): Step {
  const expression = versionMatches({ exists: true, version });
  return { operation: { ConditionCheck: { TableName, Key: addressOf(key), ...expression } }, moved: key };
}

/** Several events in one stream need one write of its head: a transaction allows one operation per item. */
function eventSteps(
  events: readonly NewEvent[],
  heads: ReadonlyMap<string, number>,
  TableName: string,
): Step[] {
  const steps: Step[] = [];
  const last = new Map<string, number>();
  for (const { streams, ...event } of events) {
    for (const stream of streams) {
      const partition = streamPartition(stream);
      const seq = (last.get(partition) ?? heads.get(partition) ?? 0) + 1;
      last.set(partition, seq);
      const Item = { ...event, ...eventAddress(partition, seq) };
      steps.push({ operation: { Put: { TableName, Item, ...ITEM_ABSENT } }, moved: 'stream_head' });
    }
  }
  for (const [partition, seq] of last) {
    const Item = { ...headAddress(partition), last: seq };
    const expression = lastSeqIs(heads.get(partition) ?? 0);
    steps.push({ operation: { Put: { TableName, Item, ...expression } }, moved: 'stream_head' });
  }
  return steps;
}
