import { requireMemberForWrite, requirePermission } from '../access/acting-member.ts';
import {
  type MemberContext,
  memberPreconditions,
  requireTargetMembership,
} from '../access/target-membership.ts';
import { changeOf, type Plan, put, versionAfter, type Write, written } from '../change.ts';
import { UserSuspended } from '../errors.ts';
import type { Membership } from '../membership.ts';
import type { KeyOf, Loaded, Versioned } from '../records.ts';
import type { Role } from '../role.ts';
import type { ChangeContext } from './change-context.ts';
import { membershipEvent } from './events.ts';
import { addOwner, ownershipWrites, removeOwner } from './ownership.ts';
import { requireVersion } from './require-version.ts';

/**
 * Owners and Admins can change the role of Members and Admins; only an Owner can make or change an Owner. Setting the
 * current role changes nothing.
 * @param loaded `ownedOrganizations`: for a new Owner, the organizations of `ownedOrganizationsIfFull`
 * @param ifVersion the version that the membership must have; `undefined` = any
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | VersionMismatch |
 *   UserSuspended | LastOwner | TooManyOwners | TooManyOrganizations} and the errors of `actingUser`
 */
export function planChangeRole(
  loaded: MemberContext & { readonly ownedOrganizations: readonly Loaded<KeyOf<'organization'>>[] },
  role: Role,
  ifVersion: number | undefined,
  context: ChangeContext,
): Plan<Versioned<Membership>> {
  const actingMember = requireMemberForWrite(loaded, context.caller);
  requirePermission(actingMember, 'members.update');
  const { user, membership } = requireTargetMembership(loaded);
  if (role === 'Owner' || membership.role === 'Owner') requirePermission(actingMember, 'owners.manage');
  requireVersion(loaded.membership, ifVersion);
  if (membership.role === role) {
    return { result: { record: membership, version: loaded.membership.version } };
  }
  if (role === 'Owner' && user.status === 'suspended') throw new UserSuspended(user.username);

  const { organization } = actingMember;
  const { at } = context;
  const changed = put(loaded.membership, { ...membership, role, updatedAt: at });
  const writes: Write[] = [changed];
  if (role === 'Owner' || membership.role === 'Owner') {
    const owned =
      role === 'Owner'
        ? addOwner({ user, organization }, loaded.ownedOrganizations, at)
        : removeOwner({ user, organization }, at);
    writes.push(...ownershipWrites(loaded, owned));
  }
  const changes = { role: { from: membership.role, to: role } };
  const version = versionAfter(changed);
  return {
    result: written(changed),
    change: changeOf({
      at,
      writes,
      preconditions: memberPreconditions(loaded),
      events: [membershipEvent(membership, { type: 'membership.role_changed', version, changes }, context)],
    }),
  };
}
