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
 * Owners and Admins can add members; only an Owner can add an Owner.
 * @param loaded `membership` may be that of an earlier user or organization with the same name; it is replaced.
 *   `ownedOrganizations`: for a new Owner, the organizations of `ownedOrganizationsIfFull`
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | UserNotFound | UserSuspended |
 *   MembershipAlreadyExists | TooManyOwners | TooManyOrganizations} and the errors of `actingUser`
 */
export function planAddMember(
  loaded: MemberContext & { readonly ownedOrganizations: readonly Loaded<KeyOf<'organization'>>[] },
  role: Role,
  context: ChangeContext,
): Plan<Versioned<Membership>> {
  const actingMember = requireMemberForWrite(loaded, context.caller);
  requirePermission(actingMember, 'members.add');
  if (role === 'Owner') requirePermission(actingMember, 'owners.manage');

  const user = requireUser(loaded.user);
  if (user.status === 'suspended') throw new UserSuspended(user.username);
  const { organization } = actingMember;
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
