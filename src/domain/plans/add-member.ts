import { changeOf, type Plan, put, type Write, written } from '../change.ts';
import { MembershipAlreadyExists, UserNotFound, UserSuspended } from '../errors.ts';
import { belongs, type Membership } from '../membership.ts';
import type { KeyOf, Known, Versioned } from '../records.ts';
import type { Role } from '../role.ts';
import { type Acting, requirePermission, writingInsider } from './acting.ts';
import type { Context } from './context.ts';
import { reliedOn } from './member-in-question.ts';
import { membershipEvent } from './membership-event.ts';
import { becomesOwner, ownershipWrites } from './ownership.ts';

/**
 * Only an Owner or Admin adds members, and only an Owner adds an Owner.
 * @throws {Unauthenticated | OrganizationNotFound | OrganizationSuspended | Forbidden | UserNotFound |
 *   UserSuspended | MembershipAlreadyExists | TooManyOwners | TooManyOrganizations}
 */
export function planAddMember(
  known: Acting & {
    readonly user: Known<KeyOf<'user'>>;
    /** May still hold the membership of an earlier user or organization of these names; it is replaced. */
    readonly membership: Known<KeyOf<'membership'>>;
  },
  role: Role,
  context: Context,
): Plan<Versioned<Membership>> {
  const acting = writingInsider(known);
  requirePermission(acting, 'members.add');
  if (role === 'Owner') requirePermission(acting, 'owners.manage');

  const user = known.user.record;
  if (user === undefined) throw new UserNotFound(known.user.key.username);
  if (user.status === 'suspended') throw new UserSuspended(user.username);
  const { organization } = acting;
  if (belongs(known.membership.record, user, organization)) {
    throw new MembershipAlreadyExists(organization.organizationName, user.username);
  }

  const { at } = context;
  const membership = put(known.membership, {
    organizationName: organization.organizationName,
    memberUsername: user.username,
    organizationId: organization.id,
    userId: user.id,
    role,
    createdAt: at,
    updatedAt: at,
  });
  const writes: Write[] = [membership];
  if (role === 'Owner') {
    const owned = becomesOwner({ user, organization }, at);
    writes.push(...ownershipWrites(known, owned));
  }
  return {
    result: written(membership),
    change: changeOf({
      at,
      writes,
      relied: reliedOn(known),
      events: [
        membershipEvent('membership.added', membership.record, membership, { role: { to: role } }, context),
      ],
    }),
  };
}
