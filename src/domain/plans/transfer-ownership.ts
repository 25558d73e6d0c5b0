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

/** Both sides have to be known, and they are written. */
export interface TransferContext extends MemberContext {
  readonly caller: Loaded<KeyOf<'user'>>;
  readonly callerMembership: Loaded<KeyOf<'membership'>>;
  /** What `ownedOrganizationsIfFull` of the user asks for. */
  readonly ownedOrganizations: readonly Loaded<KeyOf<'organization'>>[];
}

/**
 * An Owner makes another member Owner in their place and becomes Admin. The number of Owners stays.
 * @throws {MembershipAlreadyExists} the member, who may be the caller, is an Owner already
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | UserSuspended |
 *   TooManyOrganizations} besides what `actingUser` throws
 */
export function planTransferOwnership(
  loaded: TransferContext,
  context: ChangeContext,
): Plan<Versioned<Organization>> {
  const acting = requireMemberForWrite(loaded, context.caller);
  requirePermission(acting, 'owners.manage');
  const { user, membership } = requireTargetMembership(loaded);
  const { organizationName, id } = acting.organization;
  if (membership.role === 'Owner') {
    throw new MembershipAlreadyExists(organizationName, user.username, 'an Owner');
  }
  if (user.status === 'suspended') throw new UserSuspended(user.username);

  const { at } = context;
  const newOwner = withOwnedOrganization(user, organizationName, id, loaded.ownedOrganizations, at);
  const owners = [...acting.organization.owners, user.username];
  const left = removeOwner({ user: acting.user, organization: { ...acting.organization, owners } }, at);
  const organization = put(loaded.organization, left.organization);
  const changes = { owner: { from: acting.user.username, to: user.username } };
  const version = versionAfter(organization);
  const transferred = { type: 'ownership.transferred', version, changes } as const;
  return {
    result: written(organization),
    change: changeOf({
      at,
      writes: [
        organization,
        put(loaded.membership, { ...membership, role: 'Owner', updatedAt: at }),
        put(loaded.callerMembership, { ...acting.membership, role: 'Admin', updatedAt: at }),
        put(loaded.user, newOwner),
        put(loaded.caller, left.user),
      ],
      preconditions: memberPreconditions(loaded),
      events: [organizationEvent(organization.record, transferred, context, [acting.user, user])],
    }),
  };
}
