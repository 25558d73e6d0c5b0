import { belongs } from '../../../../src/domain/membership.ts';
import {
  type KeyOf,
  membershipKey,
  type RecordKey,
  type RecordOf,
  userKey,
} from '../../../../src/domain/records.ts';
import type { CommitLog, Instant } from './commit-log.ts';
import type { Violation } from './violation.ts';

/** Every living organization has a living Owner, at every instant. */
export function withoutOwner(log: CommitLog): Violation | undefined {
  const keys = log.keys().filter((key) => key.kind === 'organization');
  for (let instant = 1; instant <= log.now; instant += 1) {
    for (const key of keys) {
      if (isOwned(log, instant, key)) continue;
      return { property: 'organization without an Owner', what: `${key.name}, after commit ${instant}` };
    }
  }
  return undefined;
}

function isOwned(log: CommitLog, instant: Instant, key: KeyOf<'organization'>): boolean {
  const recordOf = <Key extends RecordKey>(asked: Key) =>
    log.at(instant, asked).record as RecordOf<Key> | undefined;
  const organization = recordOf(key);
  if (organization === undefined) return true;
  return organization.owners.some((owner) => {
    const membership = recordOf(membershipKey(key.name, owner));
    return belongs(membership, recordOf(userKey(owner)), organization) && membership.role === 'Owner';
  });
}
