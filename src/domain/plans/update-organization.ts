import { type OrganizationContext, requireNotSuspended } from '../access/acting-member.ts';
import { organizationToChange } from '../access/write-access.ts';
import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import type { DisplayText } from '../names.ts';
import type { Organization } from '../organization.ts';
import type { Versioned } from '../records.ts';
import type { ChangeContext } from './change-context.ts';
import { organizationEvent } from './events.ts';
import { requireVersion } from './require-version.ts';

/**
 * Changes the display name of an organization; the slug stays. Allowed for an Owner or Admin and for a service with the
 * scope `admin`, but not while the organization is suspended. Setting the current name changes nothing.
 * @param ifVersion the version that the organization must have; `undefined` = any
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | VersionMismatch} and the errors of `actingUser`
 */
export function planUpdateOrganization(
  loaded: OrganizationContext,
  displayName: DisplayText,
  ifVersion: number | undefined,
  context: ChangeContext,
): Plan<Versioned<Organization>> {
  const organization = organizationToChange(loaded, 'organization.update', context.caller);
  requireNotSuspended(organization);
  requireVersion(loaded.organization, ifVersion);
  if (organization.displayName === displayName) {
    return { result: { record: organization, version: loaded.organization.version } };
  }
  const { at } = context;
  const renamed = put(loaded.organization, { ...organization, displayName, updatedAt: at });
  const changes = { displayName: {} };
  const version = versionAfter(renamed);
  return {
    result: written(renamed),
    change: changeOf({
      at,
      writes: [renamed],
      preconditions: [loaded.caller, loaded.callerMembership],
      events: [organizationEvent(organization, { type: 'organization.updated', version, changes }, context)],
    }),
  };
}
