import type { OrganizationContext } from '../access/acting-member.ts';
import { organizationToAdminister } from '../access/write-access.ts';
import type { AccountStatus } from '../account-status.ts';
import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import type { Organization } from '../organization.ts';
import type { Versioned } from '../records.ts';
import type { ChangeContext } from './change-context.ts';
import { organizationEvent } from './events.ts';

/**
 * Suspends or resumes an organization. Allowed for a service with the scope `admin`. Setting the current status changes
 * nothing.
 * @throws {OrganizationNotFound | Forbidden} and the errors of `actingUser`
 */
export function planSetOrganizationStatus(
  loaded: OrganizationContext,
  status: AccountStatus,
  context: ChangeContext,
): Plan<Versioned<Organization>> {
  const organization = organizationToAdminister(loaded, context.caller);
  if (organization.status === status) {
    return { result: { record: organization, version: loaded.organization.version } };
  }
  const { at } = context;
  const set = put(loaded.organization, { ...organization, status, updatedAt: at });
  const type = status === 'suspended' ? 'organization.suspended' : 'organization.resumed';
  const changes = { status: { from: organization.status, to: status } };
  const version = versionAfter(set);
  return {
    result: written(set),
    change: changeOf({
      at,
      writes: [set],
      preconditions: [],
      events: [organizationEvent(organization, { type, version, changes }, context)],
    }),
  };
}
