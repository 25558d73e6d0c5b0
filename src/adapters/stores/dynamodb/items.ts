import type { IdempotencyRecord } from '../../../domain/change.ts';
import type { RecordedEvent } from '../../../domain/event.ts';
import type { Loaded, RecordKey, RecordOf } from '../../../domain/records.ts';
import type { Meta } from '../../../ports/meta-store.ts';
import { type Address, addressOf, idempotencyAddress, META_ADDRESS } from './keys.ts';

/** An item as the document client reads and writes it. Attributes have the names of the record's fields. */
export interface Item extends Address {
  /** Absent on legacy items. */
  readonly version?: number;
  /** Present on tombstones only. */
  readonly deletedAt?: string;
  /** The table's TTL attribute: the second (since 1970) after which DynamoDB may delete the item. */
  readonly expiresAt?: number;
  /** The record's own `expiresAt`, RFC 3339. */
  readonly expiresAtExact?: string;
  readonly [attribute: string]: unknown;
}

/** Stands for the missing times of a legacy item. */
const LEGACY_TIME = '1970-01-01T00:00:00.000Z';

/** The id of a user or organization whose item has none. */
export const legacyId = (name: string): string => `legacy:${name}`;

export function recordItem(key: RecordKey, record: RecordOf<RecordKey>, version: number): Item {
  const item = { ...record, ...addressOf(key), version };
  if (!('expiresAt' in item)) return item;
  return { ...item, expiresAt: seconds(item.expiresAt), expiresAtExact: item.expiresAt };
}

export function tombstone(key: RecordKey, version: number, deletedAt: string, ttlMs: number): Item {
  const expiresAt = Math.ceil((Date.parse(deletedAt) + ttlMs) / 1000);
  return { ...addressOf(key), version, deletedAt, expiresAt };
}

export function loadedFrom(key: RecordKey, item: Item | undefined): Loaded {
  const record = item === undefined || item.deletedAt !== undefined ? undefined : recordFrom(key, item);
  return { key, version: item?.version ?? 0, record };
}

/** The record of a live item, with defaults where a legacy item lacks fields. For `owners` see legacy-owners.ts. */
export function recordFrom(key: RecordKey, item: Item): RecordOf<RecordKey> {
  const { PK: _PK, SK: _SK, version: _version, expiresAt: _ttl, expiresAtExact, ...fields } = item;
  return { ...defaultsOf(key), ...fields, ...(expiresAtExact && { expiresAt: expiresAtExact }) } as RecordOf<
    typeof key
  >;
}

/** The values of missing attributes. */
function defaultsOf(key: RecordKey): Readonly<Record<string, unknown>> {
  const times = { createdAt: LEGACY_TIME, updatedAt: LEGACY_TIME };
  switch (key.kind) {
    case 'user': {
      // Finding the organizations of a legacy Owner takes a scan of the whole table, which `migrate` does. Until then
      // `ownerOf` is incomplete. The organization's own `owners`, which protects its last Owner, is always complete.
      return { id: legacyId(key.username), status: 'active', ownerOf: [], ...times };
    }
    case 'organization':
      return { id: legacyId(key.name), displayName: key.name, status: 'active', owners: [], ...times };
    case 'membership':
      return { organizationId: legacyId(key.organization), userId: legacyId(key.username), ...times };
    case 'email':
    case 'invitation':
      return {};
  }
}

export function idempotencyItem(record: IdempotencyRecord): Item {
  return {
    ...idempotencyAddress(record.id),
    id: record.id,
    fingerprint: record.fingerprint,
    // As text, because DynamoDB's number type differs from JSON's.
    response: JSON.stringify(record.response),
    changedKeys: record.changedKeys,
    expiresAt: seconds(record.expiresAt),
    expiresAtExact: record.expiresAt,
  };
}

export function idempotencyFrom(item: Item): IdempotencyRecord {
  return {
    id: item['id'],
    fingerprint: item['fingerprint'],
    response: JSON.parse(item['response'] as string),
    changedKeys: item['changedKeys'],
    expiresAt: item.expiresAtExact,
  } as IdempotencyRecord;
}

export function eventFrom({ PK: _, SK, ...event }: Item): RecordedEvent {
  return { ...event, seq: Number(SK) } as unknown as RecordedEvent;
}

/** The epoch is kept as text, so that one condition compares all of it. */
export function metaItem({ storeId, generation, cache, epoch }: Meta): Item {
  const item = { ...META_ADDRESS, storeId, generation, cache };
  return epoch === undefined ? item : { ...item, epoch: JSON.stringify(epoch) };
}

export function metaFrom({ storeId, generation, cache, epoch }: Item): Meta {
  const meta = { storeId: String(storeId), generation: Number(generation), cache: String(cache) };
  return epoch === undefined ? meta : { ...meta, epoch: JSON.parse(String(epoch)) };
}

/** Rounded up, so that DynamoDB never deletes an item early. */
function seconds(time: unknown): number {
  return Math.ceil(Date.parse(time as string) / 1000);
}
