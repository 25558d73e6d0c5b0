import { requireMemberForWrite, requirePermission } from '../access/acting-member.ts';
import { requireUser } from '../access/required-records.ts';
import { type MemberContext, memberPreconditions } from '../access/target-membership.ts';
import { changeOf, type Plan, put, versionAfter, type Write, written } from '../change.ts';
import { MembershipAlreadyExists, UserSuspended } from '../errors.ts';
import { belongs, type Membership } from '../membership.ts';
import type { KeyOf, Loaded, Versioned } from '../records.ts';
import type { Role } from '../role.ts';
import type { ChangeContext } from './change-context.ts';
import { membershipEvent } from './events.ts';
import { addOwner, ownershipWrites } from './ownership.ts';

/**
 * Only an Owner or Admin adds members, and only an Owner adds an Owner.
 * @param known its `membership` may still be that of an earlier user or organization of these names; it is replaced.
 *   `ownedOrganizations`: for a new Owner, what `ownedOrganizationsIfFull` of the user asks for
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | UserNotFound | UserSuspended |
 *   MembershipAlreadyExists | TooManyOwners | TooManyOrganizations} besides what `actingUser` throws
 */
export function planAddMember(
  loaded: MemberContext & { readonly ownedOrganizations: readonly Loaded<KeyOf<'organization'>>[] },
  role: Role,
  context: ChangeContext,
): Plan<Versioned<Membership>> {
  const acting = requireMemberForWrite(loaded, context.caller);
  requirePermission(acting, 'members.add');
  if (role === 'Owner') requirePermission(acting, 'owners.manage');

  const user = requireUser(loaded.user);
  if (user.status === 'suspended') throw new UserSuspended(user.username);
  const { organization } = acting;
  if (belongs(loaded.membership.record, user, organization)) {
    throw new MembershipAlreadyExists(organization.organizationName, user.username);
  }

  const { at } = context;
  const membership = put(loaded.membership, {
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
    const owned = addOwner({ user, organization }, loaded.ownedOrganizations, at);
    writes.push(...ownershipWrites(loaded, owned));
  }
  const version = versionAfter(membership);
  return {
    result: written(membership),
    change: changeOf({
      at,
      writes,
      preconditions: memberPreconditions(loaded),
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
