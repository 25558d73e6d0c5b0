import type { KnownOfUser } from '../access/acting-user.ts';
import { userToChange } from '../access/changing.ts';
import { changeOf, type Plan, put, remove, versionAfter } from '../change.ts';
import { claimOf } from '../names.ts';
import { emailKey, type KeyOf, type Known, knownAmong, membershipKey } from '../records.ts';
import type { Context } from './context.ts';
import { membershipEndsWithUser, userEvent } from './events.ts';
import { livingOwned, organizationsListed, withoutOwner } from './ownership.ts';
import { requireVersion } from './required-version.ts';

/** What else has to be known of a user who is to be deleted. */
interface Estate<Email, Organization, Membership> {
  /** The claim on their e-mail address, where they have one. */
  readonly claim: Email | undefined;
  /** Those that they are listed as Owner of, and their memberships there. */
  readonly listed: readonly Organization[];
  readonly memberships: readonly Membership[];
}

export function estateOf({
  record: user,
}: Known<KeyOf<'user'>>): Estate<KeyOf<'email'>, KeyOf<'organization'>, KeyOf<'membership'>> {
  if (user === undefined) return { claim: undefined, listed: [], memberships: [] };
  return {
    claim: user.email && emailKey(claimOf(user.email)),
    listed: organizationsListed(user),
    memberships: user.ownerOf.map(({ name }) => membershipKey(name, user.username)),
  };
}

/**
 * Ends a user and with them all their memberships, which count only while the user lives under their id. Written are the
 * user, the claim on their e-mail address and the organizations that they own, which take them off their Owners; the
 * memberships themselves are not. By the user, or by a service with the scope `admin`.
 * @param known as `estateOf` asks
 * @param ifVersion the version that the user must have, where the caller insists on one
 * @throws {LastOwner} they are the only Owner of an organization
 * @throws {Forbidden | UserNotFound | VersionMismatch} besides what `actingUser` throws
 */
export function planDeleteUser(
  known: KnownOfUser &
    Estate<Known<KeyOf<'email'>>, Known<KeyOf<'organization'>>, Known<KeyOf<'membership'>>>,
  ifVersion: number | undefined,
  context: Context,
): Plan<void> {
  const user = userToChange(known, context.caller);
  requireVersion(known.user, ifVersion);
  const { at } = context;
  const deleted = remove(known.user);
  const owned = user.ownerOf.flatMap((entry) => livingOwned(entry, known.listed) ?? []);
  return {
    result: undefined,
    change: changeOf({
      at,
      writes: [
        deleted,
        ...(known.claim?.record?.userId === user.id ? [remove(known.claim)] : []),
        ...owned.map((one) => put(one.known, withoutOwner(one.organization, user.username, at))),
      ],
      // Who does it is the user, or a service in its own name.
      relied: [],
      events: [
        userEvent(user, { type: 'user.deleted', version: versionAfter(deleted), changes: {} }, context),
        ...owned.map(({ organization }) => {
          const key = membershipKey(organization.organizationName, user.username);
          // It is no condition: nobody changes the membership of an Owner without changing the organization.
          const { version } = knownAmong(known.memberships, key);
          const changes = { role: { from: 'Owner' } };
          const removed = { type: 'membership.removed', version, changes } as const;
          return membershipEndsWithUser(user, organization, removed, context);
        }),
      ],
    }),
  };
}
