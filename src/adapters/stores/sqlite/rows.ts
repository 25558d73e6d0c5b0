import type { NormalizedEmail, Slug, Username } from '../../../domain/names.ts';
import {
  type Loaded,
  membershipKey,
  organizationKey,
  type RecordKey,
  type RecordOf,
  userKey,
} from '../../../domain/records.ts';
import type { Meta } from '../../../ports/meta-store.ts';

/** Where a record stands in the table. */
export interface Address {
  readonly kind: RecordKey['kind'];
  readonly parent: string;
  readonly name: string;
}

export interface RecordRow extends Address {
  readonly version: number;
  /** JSON; `null` = a tombstone. */
  readonly record: string | null;
}

export function addressOf(key: RecordKey): Address {
  switch (key.kind) {
    case 'user':
      return { kind: key.kind, parent: '', name: key.username };
    case 'organization':
      return { kind: key.kind, parent: '', name: key.name };
    case 'membership':
      return { kind: key.kind, parent: key.organization, name: key.username };
    case 'email':
      return { kind: key.kind, parent: '', name: key.email };
    case 'invitation':
      return { kind: key.kind, parent: key.organizationId, name: key.id };
  }
}

export function loadedFrom(row: RecordRow): Loaded {
  return { key: keyAt(row), version: row.version, record: recordFrom(row) };
}

export function recordFrom({ record }: Pick<RecordRow, 'record'>): RecordOf<RecordKey> | undefined {
  return record === null ? undefined : JSON.parse(record);
}

/** What stands in the table was a valid name when it was written. */
function keyAt({ kind, parent, name }: Address): RecordKey {
  switch (kind) {
    case 'user':
      return userKey(name as Username);
    case 'organization':
      return organizationKey(name as Slug);
    case 'membership':
      return membershipKey(parent as Slug, name as Username);
    case 'email':
      return { kind, email: name as NormalizedEmail };
    case 'invitation':
      return { kind, organizationId: parent, id: name };
  }
}

export interface MetaRow {
  readonly store_id: string;
  readonly generation: number;
  readonly cache: string;
  /** JSON; `undefined` before schema version 3. */
  readonly epoch?: string | null;
}

export function metaFrom({ store_id: storeId, generation, cache, epoch = null }: MetaRow): Meta {
  const meta = { storeId, generation, cache };
  return epoch === null ? meta : { ...meta, epoch: JSON.parse(epoch) };
}
