import type { OrganizationContext } from '../access/acting-member.ts';
import { organizationToChange } from '../access/write-access.ts';
import { changeOf, type Plan, remove, versionAfter } from '../change.ts';
import type { ChangeContext } from './change-context.ts';
import { organizationEvent } from './events.ts';
import { requireVersion } from './require-version.ts';

/**
 * Deletes an organization, which ends all its memberships: these count only while it exists with the same id. Only the
 * organization is written; the entries in `ownerOf` of its Owners are orphaned. Allowed for an Owner, unless the
 * organization is suspended, and for a service with the scope `admin`.
 * @param ifVersion the version that the organization must have; `undefined` = any
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | VersionMismatch} and the errors of `actingUser`
 */
export function planDeleteOrganization(
  loaded: OrganizationContext,
  ifVersion: number | undefined,
  context: ChangeContext,
): Plan<void> {
  const organization = organizationToChange(loaded, 'organization.delete', context.caller);
  requireVersion(loaded.organization, ifVersion);
  const deleted = remove(loaded.organization);
  const version = versionAfter(deleted);
  return {
    result: undefined,
    change: changeOf({
      at: context.at,
      writes: [deleted],
      preconditions: [loaded.caller, loaded.callerMembership],
      events: [
        organizationEvent(organization, { type: 'organization.deleted', version, changes: {} }, context),
      ],
    }),
  };
}
