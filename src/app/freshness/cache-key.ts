import { type RecordKey, recordId } from '../../domain/records.ts';
import type { Meta } from '../../ports/user-store.ts';

/** Only users, organizations and memberships are cached. All other records are always read from the store. */
export function isCached(key: RecordKey): boolean {
  return key.kind === 'user' || key.kind === 'organization' || key.kind === 'membership';
}

/** Unique to a store and a generation: entries of another store, or from before the generation was raised, never match. */
export function cacheKey({ storeId, generation }: Meta, key: RecordKey): string {
  return `${storeId}:${generation}:${recordId(key)}`;
}
