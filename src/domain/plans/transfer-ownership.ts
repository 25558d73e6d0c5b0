import { requireMemberForWrite, requirePermission } from '../access/acting-member.ts';
import {
  type MemberContext,
  memberPreconditions,
  requireTargetMembership,
} from '../access/target-membership.ts';
import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import { MembershipAlreadyExists, UserSuspended } from '../errors.ts';
import type { Organization } from '../organization.ts';
import type { KeyOf, Loaded, Versioned } from '../records.ts';
import type { ChangeContext } from './change-context.ts';
import { organizationEvent } from './events.ts';
import { removeOwner, withOwnedOrganization } from './ownership.ts';

/** Caller and target, with their memberships; all of them are written. */
export interface TransferContext extends MemberContext {
  readonly caller: Loaded<KeyOf<'user'>>;
  readonly callerMembership: Loaded<KeyOf<'membership'>>;
  /** The organizations of `ownedOrganizationsIfFull` of the user. */
  readonly ownedOrganizations: readonly Loaded<KeyOf<'organization'>>[];
}

/**
 * An Owner transfers ownership to another member and becomes an Admin. The number of Owners does not change.
 * @throws {MembershipAlreadyExists} the member is already an Owner (it may be the caller)
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | UserSuspended |
 *   TooManyOrganizations} and the errors of `actingUser`
 */
export function planTransferOwnership(
  loaded: TransferContext,
  context: ChangeContext,
): Plan<Versioned<Organization>> {
  const actingMember = requireMemberForWrite(loaded, context.caller);
  requirePermission(actingMember, 'owners.manage');
  const { user, membership } = requireTargetMembership(loaded);
  const { organizationName, id } = actingMember.organization;
  if (membership.role === 'Owner') {
    throw new MembershipAlreadyExists(organizationName, user.username, 'an Owner');
  }
  if (user.status === 'suspended') throw new UserSuspended(user.username);

  const { at } = context;
  const newOwner = withOwnedOrganization(user, organizationName, id, loaded.ownedOrganizations, at);
  const owners = [...actingMember.organization.owners, user.username];
  const withoutCaller = removeOwner(
    { user: actingMember.user, organization: { ...actingMember.organization, owners } },
    at,
  );
  const organization = put(loaded.organization, withoutCaller.organization);
  const changes = { owner: { from: actingMember.user.username, to: user.username } };
  const version = versionAfter(organization);
  const transferred = { type: 'ownership.transferred', version, changes } as const;
  return {
    result: written(organization),
    change: changeOf({
      at,
      writes: [
        organization,
        put(loaded.membership, { ...membership, role: 'Owner', updatedAt: at }),
        put(loaded.callerMembership, { ...actingMember.membership, role: 'Admin', updatedAt: at }),
        put(loaded.user, newOwner),
        put(loaded.caller, withoutCaller.user),
      ],
      preconditions: memberPreconditions(loaded),
      events: [organizationEvent(organization.record, transferred, context, [actingMember.user, user])],
    }),
  };
}
