import { actingUser } from '../access/acting-user.ts';
import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import { OrganizationAlreadyExists } from '../errors.ts';
import type { OrganizationId } from '../ids.ts';
import type { DisplayText, Slug } from '../names.ts';
import type { Organization } from '../organization.ts';
import type { KeyOf, Loaded, Versioned } from '../records.ts';
import type { ChangeContext } from './change-context.ts';
import { organizationEvent } from './events.ts';
import { withOwnedOrganization } from './ownership.ts';

export interface NewOrganization {
  readonly organizationName: Slug;
  readonly displayName: DisplayText;
}

/**
 * Creates an organization; the acting user becomes its first Owner in the same change.
 * @throws {OrganizationAlreadyExists | TooManyOrganizations} and the errors of `actingUser`
 */
export function planCreateOrganization(
  loaded: {
    readonly founder: Loaded<KeyOf<'user'>>;
    readonly organization: Loaded<KeyOf<'organization'>>;
    /** May be a membership in an earlier organization with this name; it is replaced. */
    readonly membership: Loaded<KeyOf<'membership'>>;
    /** The organizations of `ownedOrganizationsIfFull` of the founder. */
    readonly ownedOrganizations: readonly Loaded<KeyOf<'organization'>>[];
  },
  { organizationName, displayName }: NewOrganization,
  id: OrganizationId,
  context: ChangeContext,
): Plan<Versioned<Organization>> {
  const founder = actingUser(context.caller, loaded.founder, 'write');
  if (loaded.organization.record !== undefined) throw new OrganizationAlreadyExists(organizationName);

  const { at } = context;
  const organization = put(loaded.organization, {
    id,
    organizationName,
    displayName,
    foundingUser: founder.username,
    status: 'active',
    owners: [founder.username],
    createdAt: at,
    updatedAt: at,
  });
  const membership = put(loaded.membership, {
    organizationName,
    memberUsername: founder.username,
    organizationId: id,
    userId: founder.id,
    role: 'Owner',
    createdAt: at,
    updatedAt: at,
  });
  const user = put(
    loaded.founder,
    withOwnedOrganization(founder, organizationName, id, loaded.ownedOrganizations, at),
  );
  const changes = { displayName: {}, founder: { to: founder.username } };
  const version = versionAfter(organization);
  const created = { type: 'organization.created', version, changes } as const;
  return {
    result: written(organization),
    change: changeOf({
      at,
      writes: [organization, membership, user],
      preconditions: [],
      events: [organizationEvent(organization.record, created, context, [founder])],
    }),
  };
}
