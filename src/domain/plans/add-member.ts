import { requirePermission, writingInsider } from '../access/insider.ts';
import { livingUser } from '../access/living.ts';
import { type KnownOfMember, reliedOn } from '../access/member-in-question.ts';
import { changeOf, type Plan, put, versionAfter, type Write, written } from '../change.ts';
import { MembershipAlreadyExists, UserSuspended } from '../errors.ts';
import { belongs, type Membership } from '../membership.ts';
import type { KeyOf, Known, Versioned } from '../records.ts';
import type { Role } from '../role.ts';
import type { Context } from './context.ts';
import { membershipEvent } from './events.ts';
import { becomesOwner, ownershipWrites } from './ownership.ts';

/**
 * Only an Owner or Admin adds members, and only an Owner adds an Owner.
 * @param known its `membership` may still be that of an earlier user or organization of these names; it is replaced.
 *   `listed`: for a new Owner, what `organizationsInFullList` of the user asks for
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | UserNotFound | UserSuspended |
 *   MembershipAlreadyExists | TooManyOwners | TooManyOrganizations} besides what `actingUser` throws
 */
export function planAddMember(
  known: KnownOfMember & { readonly listed: readonly Known<KeyOf<'organization'>>[] },
  role: Role,
  context: Context,
): Plan<Versioned<Membership>> {
  const acting = writingInsider(known, context.caller);
  requirePermission(acting, 'members.add');
  if (role === 'Owner') requirePermission(acting, 'owners.manage');

  const user = livingUser(known.user);
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
    const owned = becomesOwner({ user, organization }, known.listed, at);
    writes.push(...ownershipWrites(known, owned));
  }
  const version = versionAfter(membership);
  return {
    result: written(membership),
    change: changeOf({
      at,
      writes,
      relied: reliedOn(known),
      events: [
        membershipEvent(
          membership.record,
          { type: 'membership.added', version, changes: { role: { to: role } } },
          context,
        ),
      ],
    }),
  };
}
