import { changeOf, type Plan, remove, type Write } from '../change.ts';
import { requirePermission, writingInsider } from './acting.ts';
import type { Context } from './context.ts';
import { type ActingOnMember, memberInQuestion, reliedOn, requireVersion } from './member-in-question.ts';
import { membershipEvent } from './membership-event.ts';
import { ownershipWrites, stopsBeingOwner } from './ownership.ts';

/**
 * Everybody may leave; to remove another takes an Owner or Admin, and to remove an Owner an Owner.
 * @param ifVersion the version that the membership must have, where the caller insists on one
 * @throws {Unauthenticated | OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound |
 *   VersionMismatch | LastOwner}
 */
export function planRemoveMember(
  known: ActingOnMember,
  ifVersion: number | undefined,
  context: Context,
): Plan<void> {
  const acting = writingInsider(known);
  const leaving = known.user.key.username === acting.user.username;
  if (!leaving) requirePermission(acting, 'members.remove');
  const { user, membership } = memberInQuestion(known);
  if (!leaving && membership.role === 'Owner') requirePermission(acting, 'owners.manage');
  requireVersion(known.membership, ifVersion);

  const { at } = context;
  const removed = remove(known.membership);
  const writes: Write[] = [removed];
  if (membership.role === 'Owner') {
    const owned = stopsBeingOwner({ user, organization: acting.organization }, at);
    writes.push(...ownershipWrites(known, owned));
  }
  return {
    result: undefined,
    change: changeOf({
      at,
      writes,
      relied: reliedOn(known),
      events: [
        membershipEvent(
          'membership.removed',
          membership,
          removed,
          { role: { from: membership.role } },
          context,
        ),
      ],
    }),
  };
}
