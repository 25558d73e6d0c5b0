import { changeOf, type Plan, put, type Write, written } from '../change.ts';
import type { Membership } from '../membership.ts';
import type { Versioned } from '../records.ts';
import type { Role } from '../role.ts';
import { requirePermission, writingInsider } from './acting.ts';
import type { Context } from './context.ts';
import { type ActingOnMember, memberInQuestion, reliedOn, requireVersion } from './member-in-question.ts';
import { membershipEvent } from './membership-event.ts';
import { becomesOwner, ownershipWrites, stopsBeingOwner } from './ownership.ts';

/**
 * An Admin changes Members and Admins; to make or change an Owner takes an Owner. The same role again changes nothing.
 * @param ifVersion the version that the membership must have, where the caller insists on one
 * @throws {Unauthenticated | OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound |
 *   VersionMismatch | LastOwner | TooManyOwners | TooManyOrganizations}
 */
export function planChangeRole(
  known: ActingOnMember,
  role: Role,
  ifVersion: number | undefined,
  context: Context,
): Plan<Versioned<Membership>> {
  const acting = writingInsider(known);
  requirePermission(acting, 'members.update');
  const { user, membership } = memberInQuestion(known);
  if (role === 'Owner' || membership.role === 'Owner') requirePermission(acting, 'owners.manage');
  requireVersion(known.membership, ifVersion);
  if (membership.role === role) {
    return { result: { record: membership, version: known.membership.version } };
  }

  const { organization } = acting;
  const { at } = context;
  const changed = put(known.membership, { ...membership, role, updatedAt: at });
  const writes: Write[] = [changed];
  if (role === 'Owner' || membership.role === 'Owner') {
    const owned =
      role === 'Owner'
        ? becomesOwner({ user, organization }, at)
        : stopsBeingOwner({ user, organization }, at);
    writes.push(...ownershipWrites(known, owned));
  }
  return {
    result: written(changed),
    change: changeOf({
      at,
      writes,
      relied: reliedOn(known),
      events: [
        membershipEvent(
          'membership.role_changed',
          membership,
          changed,
          { role: { from: membership.role, to: role } },
          context,
        ),
      ],
    }),
  };
}
