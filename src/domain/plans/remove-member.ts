import { requireMemberForWrite, requirePermission } from '../access/acting-member.ts';
import {
  type MemberContext,
  memberPreconditions,
  requireTargetMembership,
} from '../access/target-membership.ts';
import { changeOf, type Plan, remove, versionAfter, type Write } from '../change.ts';
import type { ChangeContext } from './change-context.ts';
import { membershipEvent } from './events.ts';
import { ownershipWrites, removeOwner } from './ownership.ts';
import { requireVersion } from './require-version.ts';

/**
 * Everybody may leave; to remove another takes an Owner or Admin, and to remove an Owner an Owner.
 * @param ifVersion the version that the membership must have, where the caller insists on one
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | VersionMismatch | LastOwner}
 *   besides what `actingUser` throws
 */
export function planRemoveMember(
  loaded: MemberContext,
  ifVersion: number | undefined,
  context: ChangeContext,
): Plan<void> {
  const acting = requireMemberForWrite(loaded, context.caller);
  const leaving = loaded.user.key.username === acting.user.username;
  if (!leaving) requirePermission(acting, 'members.remove');
  const { user, membership } = requireTargetMembership(loaded);
  if (!leaving && membership.role === 'Owner') requirePermission(acting, 'owners.manage');
  requireVersion(loaded.membership, ifVersion);

  const { at } = context;
  const removed = remove(loaded.membership);
  const writes: Write[] = [removed];
  if (membership.role === 'Owner') {
    const owned = removeOwner({ user, organization: acting.organization }, at);
    writes.push(...ownershipWrites(loaded, owned));
  }
  const changes = { role: { from: membership.role } };
  const version = versionAfter(removed);
  return {
    result: undefined,
    change: changeOf({
      at,
      writes,
      preconditions: memberPreconditions(loaded),
      events: [membershipEvent(membership, { type: 'membership.removed', version, changes }, context)],
    }),
  };
}
