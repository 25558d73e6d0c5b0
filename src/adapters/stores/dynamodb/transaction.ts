import { type Change, type Condition, versionAfter, type Write } from '../../../domain/change.ts';
import type { NewEvent } from '../../../domain/event.ts';
import type { Conflict } from '../../../ports/errors.ts';
import { asExpected, endsWith, freeAt, NOTHING_THERE } from './conditions.ts';
import type { TransactWriteItem } from './dynamo-requests.ts';
import { idempotencyItem, recordItem, tombstone } from './items.ts';
import { addressOf, eventAddress, headAddress, mirrorAddress, streamPartition } from './keys.ts';

/** One operation of a transaction, and what it means when its condition does not hold. */
export interface Step {
  readonly operation: TransactWriteItem;
  /** What has moved then: something of the change's own, or the end of a stream, which is numbered again. */
  readonly moved: Conflict['moved'] | 'numbers';
}

export interface TableSettings {
  readonly tableName: string;
  /** How long a tombstone is kept at least. */
  readonly tombstoneTtlMs: number;
}

/** The partitions of all streams that a change appends to. */
export function streamsOf({ events }: Pick<Change, 'events'>): string[] {
  return [...new Set(events.flatMap(({ streams }) => streams.map(streamPartition)))];
}

/**
 * The transaction that applies a change.
 * @param heads the last number of each of its streams
 */
export function stepsOf(change: Change, heads: ReadonlyMap<string, number>, table: TableSettings): Step[] {
  const { tableName: TableName } = table;
  const steps = [
    ...change.writes.flatMap((write) => writeSteps(write, change.at, table)),
    ...change.conditions.map((condition) => conditionStep(condition, TableName)),
    ...eventSteps(change.events, heads, TableName),
  ];
  if (change.idempotency !== undefined) {
    steps.push({
      operation: { Put: { TableName, Item: idempotencyItem(change.idempotency), ...freeAt(change.at) } },
      moved: { kind: 'idempotency', id: change.idempotency.id },
    });
  }
  return steps;
}

/** A membership's mirror needs no condition: it goes with the membership, whose own decides. Of a deleted one none is left. */
function writeSteps(
  write: Write,
  at: string,
  { tableName: TableName, tombstoneTtlMs }: TableSettings,
): Step[] {
  const { key, record, expected } = write;
  const version = versionAfter(write);
  const Item =
    record === undefined ? tombstone(key, version, at, tombstoneTtlMs) : recordItem(key, record, version);
  const steps: Step[] = [{ operation: { Put: { TableName, Item, ...asExpected(expected) } }, moved: key }];
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
  const expression = asExpected({ exists: true, version });
  return { operation: { ConditionCheck: { TableName, Key: addressOf(key), ...expression } }, moved: key };
}

/** Several events in one stream move its head once: a transaction has one operation for each item. */
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
      steps.push({ operation: { Put: { TableName, Item, ...NOTHING_THERE } }, moved: 'numbers' });
    }
  }
  for (const [partition, seq] of last) {
    const Item = { ...headAddress(partition), last: seq };
    const expression = endsWith(heads.get(partition) ?? 0);
    steps.push({ operation: { Put: { TableName, Item, ...expression } }, moved: 'numbers' });
  }
  return steps;
}
