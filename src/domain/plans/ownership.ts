import { put, type Write } from '../change.ts';
import { LastOwner, TooManyOrganizations, TooManyOwners } from '../errors.ts';
import type { OrganizationId } from '../ids.ts';
import type { Slug } from '../names.ts';
import { MAX_OWNERS, type Organization } from '../organization.ts';
import type { KeyOf, Known } from '../records.ts';
import { MAX_OWNED_ORGANIZATIONS, type User } from '../user.ts';

/** Ownership stands on both records; whoever becomes or stops being an Owner changes both. */
interface Owned {
  readonly user: User;
  readonly organization: Organization;
}

/** Both records as they are to be written. */
export function ownershipWrites(
  known: { readonly user: Known<KeyOf<'user'>>; readonly organization: Known<KeyOf<'organization'>> },
  owned: Owned,
): Write[] {
  return [put(known.organization, owned.organization), put(known.user, owned.user)];
}

/** @throws {TooManyOwners | TooManyOrganizations} */
export function becomesOwner({ user, organization }: Owned, at: string): Owned {
  if (organization.owners.length >= MAX_OWNERS) {
    throw new TooManyOwners(organization.organizationName, MAX_OWNERS);
  }
  return {
    user: owning(user, organization.organizationName, organization.id, at),
    organization: { ...organization, owners: [...organization.owners, user.username], updatedAt: at },
  };
}

/**
 * The user's side alone, for an organization that is being founded. An entry of that name is of one that is gone.
 * @throws {TooManyOrganizations}
 */
export function owning(user: User, name: Slug, id: OrganizationId, at: string): User {
  const others = user.ownerOf.filter((owned) => owned.name !== name);
  if (others.length >= MAX_OWNED_ORGANIZATIONS) {
    throw new TooManyOrganizations(user.username, MAX_OWNED_ORGANIZATIONS);
  }
  return { ...user, ownerOf: [...others, { name, id }], updatedAt: at };
}

/** @throws {LastOwner} An organization always keeps an Owner. */
export function stopsBeingOwner({ user, organization }: Owned, at: string): Owned {
  const owners = organization.owners.filter((owner) => owner !== user.username);
  if (owners.length === 0) throw new LastOwner(organization.organizationName, user.username);
  return {
    user: {
      ...user,
      ownerOf: user.ownerOf.filter((owned) => owned.id !== organization.id),
      updatedAt: at,
    },
    organization: { ...organization, owners, updatedAt: at },
  };
}
