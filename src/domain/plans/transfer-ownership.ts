import { requirePermission, writingInsider } from '../access/insider.ts';
import { type KnownOfMember, memberInQuestion, reliedOn } from '../access/member-in-question.ts';
import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import { MembershipAlreadyExists, UserSuspended } from '../errors.ts';
import type { Organization } from '../organization.ts';
import type { KeyOf, Known, Versioned } from '../records.ts';
import type { Context } from './context.ts';
import { organizationEvent } from './events.ts';
import { owning, stopsBeingOwner } from './ownership.ts';

/** Both sides have to be known, and they are written. */
export interface KnownForTransfer extends KnownOfMember {
  readonly caller: Known<KeyOf<'user'>>;
  readonly callerMembership: Known<KeyOf<'membership'>>;
  /** What `organizationsInFullList` of the user asks for. */
  readonly listed: readonly Known<KeyOf<'organization'>>[];
}

/**
 * An Owner makes another member Owner in their place and becomes Admin. The number of Owners stays.
 * @throws {MembershipAlreadyExists} the member, who may be the caller, is an Owner already
 * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | UserSuspended |
 *   TooManyOrganizations} besides what `actingUser` throws
 */
export function planTransferOwnership(
  known: KnownForTransfer,
  context: Context,
): Plan<Versioned<Organization>> {
  const acting = writingInsider(known, context.caller);
  requirePermission(acting, 'owners.manage');
  const { user, membership } = memberInQuestion(known);
  const { organizationName, id } = acting.organization;
  if (membership.role === 'Owner') {
    throw new MembershipAlreadyExists(organizationName, user.username, 'an Owner');
  }
  if (user.status === 'suspended') throw new UserSuspended(user.username);

  const { at } = context;
  const heir = owning(user, organizationName, id, known.listed, at);
  const owners = [...acting.organization.owners, user.username];
  const left = stopsBeingOwner({ user: acting.user, organization: { ...acting.organization, owners } }, at);
  const organization = put(known.organization, left.organization);
  const changes = { owner: { from: acting.user.username, to: user.username } };
  const version = versionAfter(organization);
  const transferred = { type: 'ownership.transferred', version, changes } as const;
  return {
    result: written(organization),
    change: changeOf({
      at,
      writes: [
        organization,
        put(known.membership, { ...membership, role: 'Owner', updatedAt: at }),
        put(known.callerMembership, { ...acting.membership, role: 'Admin', updatedAt: at }),
        put(known.user, heir),
        put(known.caller, left.user),
      ],
      relied: reliedOn(known),
      events: [organizationEvent(organization.record, transferred, context, [acting.user, user])],
    }),
  };
}
