import { requirePermission, writingInsider } from '../access/insider.ts';
import { type KnownOfMember, memberInQuestion, reliedOn } from '../access/member-in-question.ts';
import { changeOf, type Plan, put, versionAfter, type Write, written } from '../change.ts';
import { UserSuspended } from '../errors.ts';
import type { Membership } from '../membership.ts';
import type { KeyOf, Known, Versioned } from '../records.ts';
import type { Role } from '../role.ts';
import type { Context } from './context.ts';
import { membershipEvent } from './events.ts';
import { becomesOwner, ownershipWrites, stopsBeingOwner } from './ownership.ts';
import { requireVersion } from './required-version.ts';

/**
 * An Admin changes Members and Admins; to make or change an Owner takes an Owner. The same role again changes nothing.
 * @param known `listed`: for a new Owner, what `organizationsInFullList` of the user asks for
 * @param ifVersion the version that the membership must have, where the caller insists on one
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | VersionMismatch |
 *   UserSuspended | LastOwner | TooManyOwners | TooManyOrganizations} besides what `actingUser` throws
 */
export function planChangeRole(
  known: KnownOfMember & { readonly listed: readonly Known<KeyOf<'organization'>>[] },
  role: Role,
  ifVersion: number | undefined,
  context: Context,
): Plan<Versioned<Membership>> {
  const acting = writingInsider(known, context.caller);
  requirePermission(acting, 'members.update');
  const { user, membership } = memberInQuestion(known);
  if (role === 'Owner' || membership.role === 'Owner') requirePermission(acting, 'owners.manage');
  requireVersion(known.membership, ifVersion);
  if (membership.role === role) {
    return { result: { record: membership, version: known.membership.version } };
  }
  if (role === 'Owner' && user.status === 'suspended') throw new UserSuspended(user.username);

  const { organization } = acting;
  const { at } = context;
  const changed = put(known.membership, { ...membership, role, updatedAt: at });
  const writes: Write[] = [changed];
  if (role === 'Owner' || membership.role === 'Owner') {
    const owned =
      role === 'Owner'
        ? becomesOwner({ user, organization }, known.listed, at)
        : stopsBeingOwner({ user, organization }, at);
    writes.push(...ownershipWrites(known, owned));
  }
  const changes = { role: { from: membership.role, to: role } };
  const version = versionAfter(changed);
  return {
    result: written(changed),
    change: changeOf({
      at,
      writes,
      relied: reliedOn(known),
      events: [membershipEvent(membership, { type: 'membership.role_changed', version, changes }, context)],
    }),
  };
}
