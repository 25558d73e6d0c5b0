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
 * Every member can leave. Owners and Admins can remove others; only an Owner can remove an Owner.
 * @param ifVersion the version that the membership must have; `undefined` = any
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | VersionMismatch | LastOwner}
 *   and the errors of `actingUser`
 */
export function planRemoveMember(
  loaded: MemberContext,
  ifVersion: number | undefined,
  context: ChangeContext,
): Plan<void> {
  const actingMember = requireMemberForWrite(loaded, context.caller);
  const isLeaving = loaded.user.key.username === actingMember.user.username;
  if (!isLeaving) requirePermission(actingMember, 'members.remove');
  const { user, membership } = requireTargetMembership(loaded);
  if (!isLeaving && membership.role === 'Owner') requirePermission(actingMember, 'owners.manage');
  requireVersion(loaded.membership, ifVersion);

  const { at } = context;
  const removed = remove(loaded.membership);
  const writes: Write[] = [removed];
  if (membership.role === 'Owner') {
    const owned = removeOwner({ user, organization: actingMember.organization }, at);
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
