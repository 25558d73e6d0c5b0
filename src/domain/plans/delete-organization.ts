import type { OrganizationContext } from '../access/acting-member.ts';
import { organizationToChange } from '../access/write-access.ts';
import { changeOf, type Plan, remove, versionAfter } from '../change.ts';
import type { ChangeContext } from './change-context.ts';
import { organizationEvent } from './events.ts';
import { requireVersion } from './require-version.ts';

/**
 * Ends an organization and with it all its memberships, which count only while it lives under its id. Only the
 * organization is written: what its Owners list of it is dead from then on. By an Owner unless it is suspended, or by a
 * service with the scope `admin`.
 * @param ifVersion the version that the organization must have, where the caller insists on one
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | VersionMismatch} besides what `actingUser` throws
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
