import { changeOf, type Plan, put, remove } from '../change.ts';
import { hasExpired } from '../invitation.ts';
import { belongs } from '../membership.ts';
import { type KeyOf, type Loaded, organizationKey } from '../records.ts';
import { liveOwnedOrganization } from './ownership.ts';

/**
 * Removes what deletions left behind, and what has expired. It was worth nothing any more, so it leaves no event; and ids
 * never come back, so what is dead once needs no condition.
 */

/** A membership whose user or organization is gone. @returns whether it was */
export function planSweepMembership(
  loaded: {
    readonly membership: Loaded<KeyOf<'membership'>>;
    readonly user: Loaded<KeyOf<'user'>>;
    readonly organization: Loaded<KeyOf<'organization'>>;
  },
  at: string,
): Plan<boolean> {
  const { record } = loaded.membership;
  if (record === undefined || belongs(record, loaded.user.record, loaded.organization.record)) {
    return { result: false };
  }
  return {
    result: true,
    change: changeOf({ at, writes: [remove(loaded.membership)], preconditions: [], events: [] }),
  };
}

/** Entries of a user's list of owned organizations whose organization is gone. @returns whether there were any */
export function planSweepOwnerOf(
  loaded: {
    readonly user: Loaded<KeyOf<'user'>>;
    /** What `organizationsOwnedBy` asks for. */
    readonly ownedOrganizations: readonly Loaded<KeyOf<'organization'>>[];
  },
  at: string,
): Plan<boolean> {
  const user = loaded.user.record;
  const living = user?.ownerOf.filter(
    (entry) => liveOwnedOrganization(entry, loaded.ownedOrganizations) !== undefined,
  );
  if (user === undefined || living === undefined || living.length === user.ownerOf.length) {
    return { result: false };
  }
  const kept = put(loaded.user, { ...user, ownerOf: living });
  return { result: true, change: changeOf({ at, writes: [kept], preconditions: [], events: [] }) };
}

/** An invitation that has expired. @returns whether it had */
export function planSweepInvitation(
  { invitation }: { readonly invitation: Loaded<KeyOf<'invitation'>> },
  at: string,
): Plan<boolean> {
  if (invitation.record === undefined || !hasExpired(invitation.record, at)) return { result: false };
  return {
    result: true,
    change: changeOf({ at, writes: [remove(invitation)], preconditions: [], events: [] }),
  };
}

export function organizationsOwnedBy({ record }: Loaded<KeyOf<'user'>>): readonly KeyOf<'organization'>[] {
  return (record?.ownerOf ?? []).map(({ name }) => organizationKey(name));
}
