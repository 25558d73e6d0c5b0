import { changeOf, type Plan, put, remove } from '../change.ts';
import { hasExpired } from '../invitation.ts';
import { belongs } from '../membership.ts';
import { type KeyOf, type Known, organizationKey } from '../records.ts';
import { livingOwned } from './ownership.ts';

/**
 * Removes what deletions left behind, and what has expired. It was worth nothing any more, so it leaves no event; and ids
 * never come back, so what is dead once needs no condition.
 */

/** A membership whose user or organization is gone. @returns whether it was */
export function planSweepMembership(
  known: {
    readonly membership: Known<KeyOf<'membership'>>;
    readonly user: Known<KeyOf<'user'>>;
    readonly organization: Known<KeyOf<'organization'>>;
  },
  at: string,
): Plan<boolean> {
  const { record } = known.membership;
  if (record === undefined || belongs(record, known.user.record, known.organization.record)) {
    return { result: false };
  }
  return {
    result: true,
    change: changeOf({ at, writes: [remove(known.membership)], relied: [], events: [] }),
  };
}

/** Entries of a user's list of owned organizations whose organization is gone. @returns whether there were any */
export function planSweepOwnerOf(
  known: {
    readonly user: Known<KeyOf<'user'>>;
    /** What `organizationsOwnedBy` asks for. */
    readonly listed: readonly Known<KeyOf<'organization'>>[];
  },
  at: string,
): Plan<boolean> {
  const user = known.user.record;
  const living = user?.ownerOf.filter((entry) => livingOwned(entry, known.listed) !== undefined);
  if (user === undefined || living === undefined || living.length === user.ownerOf.length) {
    return { result: false };
  }
  const kept = put(known.user, { ...user, ownerOf: living });
  return { result: true, change: changeOf({ at, writes: [kept], relied: [], events: [] }) };
}

/** An invitation that has expired. @returns whether it had */
export function planSweepInvitation(
  { invitation }: { readonly invitation: Known<KeyOf<'invitation'>> },
  at: string,
): Plan<boolean> {
  if (invitation.record === undefined || !hasExpired(invitation.record, at)) return { result: false };
  return { result: true, change: changeOf({ at, writes: [remove(invitation)], relied: [], events: [] }) };
}

export function organizationsOwnedBy({ record }: Known<KeyOf<'user'>>): readonly KeyOf<'organization'>[] {
  return (record?.ownerOf ?? []).map(({ name }) => organizationKey(name));
}
