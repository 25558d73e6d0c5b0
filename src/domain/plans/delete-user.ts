import type { UserContext } from '../access/acting-user.ts';
import { userToChange } from '../access/write-access.ts';
import { changeOf, type Plan, put, remove, versionAfter } from '../change.ts';
import { normalizeEmail } from '../names.ts';
import { emailKey, type KeyOf, type Loaded, membershipKey, requireLoaded } from '../records.ts';
import type { ChangeContext } from './change-context.ts';
import { membershipEndedWithUserEvent, userEvent } from './events.ts';
import { liveOwnedOrganization, ownedOrganizationKeys, withoutOwner } from './ownership.ts';
import { requireVersion } from './require-version.ts';

/** What else has to be known of a user who is to be deleted. */
interface DeletionReadSet<Email, Organization, Membership> {
  /** The claim on their e-mail address, where they have one. */
  readonly claim: Email | undefined;
  /** Those that they are listed as Owner of, and their memberships there. */
  readonly ownedOrganizations: readonly Organization[];
  readonly memberships: readonly Membership[];
}

export function deletionReadSet({
  record: user,
}: Loaded<KeyOf<'user'>>): DeletionReadSet<KeyOf<'email'>, KeyOf<'organization'>, KeyOf<'membership'>> {
  if (user === undefined) return { claim: undefined, ownedOrganizations: [], memberships: [] };
  return {
    claim: user.email && emailKey(normalizeEmail(user.email)),
    ownedOrganizations: ownedOrganizationKeys(user),
    memberships: user.ownerOf.map(({ name }) => membershipKey(name, user.username)),
  };
}

/**
 * Ends a user and with them all their memberships, which count only while the user lives under their id. Written are the
 * user, the claim on their e-mail address and the organizations that they own, which take them off their Owners; the
 * memberships themselves are not. By the user, or by a service with the scope `admin`.
 * @param known as `deletionReadSet` asks
 * @param ifVersion the version that the user must have, where the caller insists on one
 * @throws {LastOwner} they are the only Owner of an organization
 * @throws {Forbidden | UserNotFound | VersionMismatch} besides what `actingUser` throws
 */
export function planDeleteUser(
  loaded: UserContext &
    DeletionReadSet<Loaded<KeyOf<'email'>>, Loaded<KeyOf<'organization'>>, Loaded<KeyOf<'membership'>>>,
  ifVersion: number | undefined,
  context: ChangeContext,
): Plan<void> {
  const user = userToChange(loaded, context.caller);
  requireVersion(loaded.user, ifVersion);
  const { at } = context;
  const deleted = remove(loaded.user);
  const owned = user.ownerOf.flatMap(
    (entry) => liveOwnedOrganization(entry, loaded.ownedOrganizations) ?? [],
  );
  return {
    result: undefined,
    change: changeOf({
      at,
      writes: [
        deleted,
        ...(loaded.claim?.record?.userId === user.id ? [remove(loaded.claim)] : []),
        ...owned.map((one) => put(one.loaded, withoutOwner(one.organization, user.username, at))),
      ],
      // Who does it is the user, or a service in its own name.
      preconditions: [],
      events: [
        userEvent(user, { type: 'user.deleted', version: versionAfter(deleted), changes: {} }, context),
        ...owned.map(({ organization }) => {
          const key = membershipKey(organization.organizationName, user.username);
          // It is no condition: nobody changes the membership of an Owner without changing the organization.
          const { version } = requireLoaded(loaded.memberships, key);
          const changes = { role: { from: 'Owner' } };
          const removed = { type: 'membership.removed', version, changes } as const;
          return membershipEndedWithUserEvent(user, organization, removed, context);
        }),
      ],
    }),
  };
}
