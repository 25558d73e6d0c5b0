import type { UserContext } from '../access/acting-user.ts';
import { userToChange } from '../access/write-access.ts';
import { changeOf, type Plan, put, remove, versionAfter } from '../change.ts';
import { normalizeEmail } from '../names.ts';
import { emailKey, type KeyOf, type Loaded, membershipKey, requireLoaded } from '../records.ts';
import type { ChangeContext } from './change-context.ts';
import { membershipEndedWithUserEvent, userEvent } from './events.ts';
import { liveOwnedOrganization, ownedOrganizationKeys, withoutOwner } from './ownership.ts';
import { requireVersion } from './require-version.ts';

/** The further records that are needed to delete a user. */
interface DeletionReadSet<Email, Organization, Membership> {
  /** The claim on the user's e-mail address, if any. */
  readonly claim: Email | undefined;
  /** The organizations that the user owns, and the user's memberships in them. */
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
 * Deletes a user, which ends all their memberships: these count only while the user exists with the same id. The change
 * writes the user, the claim on the e-mail address and the organizations that the user owns, whose `owners` no longer
 * include the user; the memberships themselves are not written. Allowed for the user and for a service with the scope
 * `admin`.
 * @param loaded the records of `deletionReadSet`
 * @param ifVersion the version that the user must have; `undefined` = any
 * @throws {LastOwner} the user is the only Owner of an organization
 * @throws {Forbidden | UserNotFound | VersionMismatch} and the errors of `actingUser`
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
        ...owned.map(({ loaded: before, organization }) =>
          put(before, withoutOwner(organization, user.username, at)),
        ),
      ],
      // The caller is the user, which is written, or a service in its own name.
      preconditions: [],
      events: [
        userEvent(user, { type: 'user.deleted', version: versionAfter(deleted), changes: {} }, context),
        ...owned.map(({ organization }) => {
          const key = membershipKey(organization.organizationName, user.username);
          // Not a condition: every change of an Owner's membership changes the organization too.
          const { version } = requireLoaded(loaded.memberships, key);
          const changes = { role: { from: 'Owner' } };
          const removed = { type: 'membership.removed', version, changes } as const;
          return membershipEndedWithUserEvent(user, organization, removed, context);
        }),
      ],
    }),
  };
}
