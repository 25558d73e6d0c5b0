import { changeOf, type Plan, put, remove } from '../change.ts';
import { hasExpired } from '../invitation.ts';
import { belongs } from '../membership.ts';
import { type KeyOf, type Loaded, organizationKey } from '../records.ts';
import { liveOwnedOrganization } from './ownership.ts';

/**
 * Removes orphaned and expired records. They no longer had any effect, so no events are recorded. Ids are never reused, so
 * an orphaned record needs no condition.
 */

/** Removes a membership whose user or organization no longer exists. @returns whether it was orphaned */
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

/** Removes the entries of `ownerOf` whose organization no longer exists. @returns whether there were any */
export function planSweepOwnerOf(
  loaded: {
    readonly user: Loaded<KeyOf<'user'>>;
    /** The organizations of `organizationsOwnedBy`. */
    readonly ownedOrganizations: readonly Loaded<KeyOf<'organization'>>[];
  },
  at: string,
): Plan<boolean> {
  const user = loaded.user.record;
  const live = user?.ownerOf.filter(
    (entry) => liveOwnedOrganization(entry, loaded.ownedOrganizations) !== undefined,
  );
  if (user === undefined || live === undefined || live.length === user.ownerOf.length) {
    return { result: false };
  }
  const kept = put(loaded.user, { ...user, ownerOf: live });
  return { result: true, change: changeOf({ at, writes: [kept], preconditions: [], events: [] }) };
}

/** Removes an expired invitation. @returns whether it was expired */
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
