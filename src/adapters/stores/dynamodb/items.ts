import type { IdempotencyRecord } from '../../../domain/change.ts';
import type { RecordedEvent } from '../../../domain/event.ts';
import type { Loaded, RecordKey, RecordOf } from '../../../domain/records.ts';
import type { Meta } from '../../../ports/user-store.ts';
import { type Address, addressOf, idempotencyAddress, META_ADDRESS } from './keys.ts';

/** An item as the document client reads and writes it. Attributes have the names of the record's fields. */
export interface Item extends Address {
  /** Absent on what the tutorial wrote. */
  readonly version?: number;
  /** Set on tombstones. */
  readonly deletedAt?: string;
  /** When DynamoDB may delete the item: seconds since 1970 (its TTL). */
  readonly expiresAt?: number;
  /** The record's own `expiresAt`, RFC 3339. */
  readonly expiresAtExact?: string;
  readonly [attribute: string]: unknown;
}

/** What a record of the tutorial, which kept no times, answers for them. */
const LEGACY_TIME = '1970-01-01T00:00:00.000Z';

/** The id of a user or an organization that has none of its own. */
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

/** The record of a live item, completed where the tutorial wrote it. An organization's `owners`: see legacy-owners.ts. */
export function recordFrom(key: RecordKey, item: Item): RecordOf<RecordKey> {
  const { PK: _PK, SK: _SK, version: _version, expiresAt: _ttl, expiresAtExact, ...fields } = item;
  return { ...defaultsOf(key), ...fields, ...(expiresAtExact && { expiresAt: expiresAtExact }) } as RecordOf<
    typeof key
  >;
}

/** What is read where an attribute is missing. */
function defaultsOf(key: RecordKey): Readonly<Record<string, unknown>> {
  const times = { createdAt: LEGACY_TIME, updatedAt: LEGACY_TIME };
  switch (key.kind) {
    case 'user': {
      // The organizations that a user of the tutorial owns cannot be found without reading the whole table: `migrate`
      // does it. Until then they miss here, never in the organization's `owners`, which guards its last Owner.
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
    // As text: DynamoDB's numbers are not JSON's.
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

export function metaItem({ storeId, generation, cache }: Meta): Item {
  return { ...META_ADDRESS, storeId, generation, cache };
}

export function metaFrom({ PK: _PK, SK: _SK, ...meta }: Item): Meta {
  return meta as unknown as Meta;
}

/** Rounded up, so that DynamoDB deletes nothing early. */
function seconds(time: unknown): number {
  return Math.ceil(Date.parse(time as string) / 1000);
}
