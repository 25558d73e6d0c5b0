import { requirePermission, writingInsider } from '../access/insider.ts';
import { type KnownOfMember, memberInQuestion, reliedOn } from '../access/member-in-question.ts';
import { changeOf, type Plan, remove, versionAfter, type Write } from '../change.ts';
import type { Context } from './context.ts';
import { membershipEvent } from './events.ts';
import { ownershipWrites, stopsBeingOwner } from './ownership.ts';
import { requireVersion } from './required-version.ts';

/**
 * Everybody may leave; to remove another takes an Owner or Admin, and to remove an Owner an Owner.
 * @param ifVersion the version that the membership must have, where the caller insists on one
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | VersionMismatch | LastOwner}
 *   besides what `actingUser` throws
 */
export function planRemoveMember(
  known: KnownOfMember,
  ifVersion: number | undefined,
  context: Context,
): Plan<void> {
  const acting = writingInsider(known, context.caller);
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
  const changes = { role: { from: membership.role } };
  const version = versionAfter(removed);
  return {
    result: undefined,
    change: changeOf({
      at,
      writes,
      relied: reliedOn(known),
      events: [membershipEvent(membership, { type: 'membership.removed', version, changes }, context)],
    }),
  };
}
