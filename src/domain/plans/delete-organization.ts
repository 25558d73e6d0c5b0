import { organizationToChange } from '../access/changing.ts';
import type { KnownInside } from '../access/insider.ts';
import { changeOf, type Plan, remove, versionAfter } from '../change.ts';
import type { Context } from './context.ts';
import { organizationEvent } from './events.ts';
import { requireVersion } from './required-version.ts';

/**
 * Ends an organization and with it all its memberships, which count only while it lives under its id. Only the
 * organization is written: what its Owners list of it is dead from then on. By an Owner unless it is suspended, or by a
 * service with the scope `admin`.
 * @param ifVersion the version that the organization must have, where the caller insists on one
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | VersionMismatch} besides what `actingUser` throws
 */
export function planDeleteOrganization(
  known: KnownInside,
  ifVersion: number | undefined,
  context: Context,
): Plan<void> {
  const organization = organizationToChange(known, 'organization.delete', context.caller);
  requireVersion(known.organization, ifVersion);
  const deleted = remove(known.organization);
  const version = versionAfter(deleted);
  return {
    result: undefined,
    change: changeOf({
      at: context.at,
      writes: [deleted],
      relied: [known.caller, known.callerMembership],
      events: [
        organizationEvent(organization, { type: 'organization.deleted', version, changes: {} }, context),
      ],
    }),
  };
}
