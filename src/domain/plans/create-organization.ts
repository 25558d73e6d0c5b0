import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import { OrganizationAlreadyExists } from '../errors.ts';
import type { OrganizationId } from '../ids.ts';
import type { DisplayText, Slug } from '../names.ts';
import type { Organization } from '../organization.ts';
import type { KeyOf, Known, Versioned } from '../records.ts';
import { activeCaller } from './acting.ts';
import type { Context } from './context.ts';
import { owning } from './ownership.ts';

export interface NewOrganization {
  readonly organizationName: Slug;
  readonly displayName: DisplayText;
}

/**
 * The founder becomes Owner in the same change.
 * @throws {Unauthenticated | OrganizationAlreadyExists | TooManyOrganizations}
 */
export function planCreateOrganization(
  known: {
    readonly founder: Known<KeyOf<'user'>>;
    readonly organization: Known<KeyOf<'organization'>>;
    /** May still hold a membership in an earlier organization of this name; it is replaced. */
    readonly membership: Known<KeyOf<'membership'>>;
  },
  { organizationName, displayName }: NewOrganization,
  id: OrganizationId,
  { actor, at }: Context,
): Plan<Versioned<Organization>> {
  const founder = activeCaller(known.founder);
  if (known.organization.record !== undefined) throw new OrganizationAlreadyExists(organizationName);

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
  const user = put(known.founder, owning(founder, organizationName, id, at));
  return {
    result: written(organization),
    change: changeOf({
      at,
      writes: [organization, membership, user],
      relied: [],
      events: [
        {
          streams: [
            { kind: 'organization', id },
            { kind: 'user', id: founder.id },
          ],
          type: 'organization.created',
          actor,
          subject: { type: 'organization', organizationName, id },
          changes: { displayName: {}, founder: { to: founder.username } },
          version: versionAfter(organization),
          at,
        },
      ],
    }),
  };
}
