import type { RecordKey } from '../../domain/records.ts';

/** Only users, organizations and memberships are cached. All other records are always read from the store. */
export function isCached(key: RecordKey): boolean {
  return key.kind === 'user' || key.kind === 'organization' || key.kind === 'membership';
}
