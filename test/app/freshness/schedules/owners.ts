import { belongs } from '../../../../src/domain/membership.ts';
import {
  type KeyOf,
  membershipKey,
  type RecordKey,
  type RecordOf,
  userKey,
} from '../../../../src/domain/records.ts';
import type { CommitLog, Revision } from './commit-log.ts';
import type { Violation } from './violation.ts';

/** Checks that every existing organization has an existing Owner at every revision. */
export function withoutOwner(log: CommitLog): Violation | undefined {
  const keys = log.keys().filter((key) => key.kind === 'organization');
  for (let revision = 1; revision <= log.latest; revision += 1) {
    for (const key of keys) {
      if (isOwned(log, revision, key)) continue;
      return { property: 'organization without an Owner', details: `${key.name}, after commit ${revision}` };
    }
  }
  return undefined;
}

function isOwned(log: CommitLog, revision: Revision, key: KeyOf<'organization'>): boolean {
  const recordOf = <Key extends RecordKey>(wanted: Key) =>
    log.at(revision, wanted).record as RecordOf<Key> | undefined;
  const organization = recordOf(key);
  if (organization === undefined) return true;
  return organization.owners.some((owner) => {
    const membership = recordOf(membershipKey(key.name, owner));
    return belongs(membership, recordOf(userKey(owner)), organization) && membership.role === 'Owner';
  });
}
