import { type RecordKey, recordId } from '../../domain/records.ts';
import type { Meta } from '../../ports/user-store.ts';

/** Only these are ever cached; everything else is always read from the store. */
export function isCached(key: RecordKey): boolean {
  return key.kind === 'user' || key.kind === 'organization' || key.kind === 'membership';
}

/** Another store, or the same one after its generation was raised, can never answer under this key. */
export function cacheKey({ storeId, generation }: Meta, key: RecordKey): string {
  return `${storeId}:${generation}:${recordId(key)}`;
}
