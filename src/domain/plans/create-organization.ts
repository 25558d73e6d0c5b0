import { actingUser } from '../access/acting-user.ts';
import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import { OrganizationAlreadyExists } from '../errors.ts';
import type { OrganizationId } from '../ids.ts';
import type { DisplayText, Slug } from '../names.ts';
import type { Organization } from '../organization.ts';
import type { KeyOf, Known, Versioned } from '../records.ts';
import type { Context } from './context.ts';
import { organizationEvent } from './events.ts';
import { owning } from './ownership.ts';

export interface NewOrganization {
  readonly organizationName: Slug;
  readonly displayName: DisplayText;
}

/**
 * The acting user founds it and becomes Owner in the same change.
 * @throws {OrganizationAlreadyExists | TooManyOrganizations} besides what `actingUser` throws
 */
export function planCreateOrganization(
  known: {
    readonly founder: Known<KeyOf<'user'>>;
    readonly organization: Known<KeyOf<'organization'>>;
    /** May still hold a membership in an earlier organization of this name; it is replaced. */
    readonly membership: Known<KeyOf<'membership'>>;
    /** What `organizationsInFullList` of the founder asks for. */
    readonly listed: readonly Known<KeyOf<'organization'>>[];
  },
  { organizationName, displayName }: NewOrganization,
  id: OrganizationId,
  context: Context,
): Plan<Versioned<Organization>> {
  const founder = actingUser(context.caller, known.founder, 'write');
  if (known.organization.record !== undefined) throw new OrganizationAlreadyExists(organizationName);

  const { at } = context;
  const organization = put(known.organization, {
    id,
    organizationName,
    displayName,
    foundingUser: founder.username,
    status: 'active',
    owners: [founder.username],
    createdAt: at,
    updatedAt: at,
  });
  const membership = put(known.membership, {
    organizationName,
    memberUsername: founder.username,
    organizationId: id,
    userId: founder.id,
    role: 'Owner',
    createdAt: at,
    updatedAt: at,
  });
  const user = put(known.founder, owning(founder, organizationName, id, known.listed, at));
  const changes = { displayName: {}, founder: { to: founder.username } };
  const version = versionAfter(organization);
  const created = { type: 'organization.created', version, changes } as const;
  return {
    result: written(organization),
    change: changeOf({
      at,
      writes: [organization, membership, user],
      relied: [],
      events: [organizationEvent(organization.record, created, context, [founder])],
    }),
  };
}
