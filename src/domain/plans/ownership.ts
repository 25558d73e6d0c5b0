import { put, type Write } from '../change.ts';
import { LastOwner, TooManyOrganizations, TooManyOwners } from '../errors.ts';
import type { OrganizationId } from '../ids.ts';
import type { Slug, Username } from '../names.ts';
import { MAX_OWNERS, type Organization } from '../organization.ts';
import { type KeyOf, type Known, knownAmong, organizationKey } from '../records.ts';
import { MAX_OWNED_ORGANIZATIONS, type OwnedOrganization, type User } from '../user.ts';

/** Ownership stands on both records; whoever becomes or stops being an Owner changes both. */
interface Owned {
  readonly user: User;
  readonly organization: Organization;
}

type KnownOrganizations = readonly Known<KeyOf<'organization'>>[];

/** Both records as they are to be written. */
export function ownershipWrites(
  known: { readonly user: Known<KeyOf<'user'>>; readonly organization: Known<KeyOf<'organization'>> },
  owned: Owned,
): Write[] {
  return [put(known.organization, owned.organization), put(known.user, owned.user)];
}

/**
 * The organizations that have to be known before a user can become Owner of one more: none while there is room in their
 * list, all of it once it is full, since some of them may be gone.
 */
export function organizationsInFullList({ record }: Known<KeyOf<'user'>>): readonly KeyOf<'organization'>[] {
  if (record === undefined || record.ownerOf.length < MAX_OWNED_ORGANIZATIONS) return [];
  return organizationsListed(record);
}

export function organizationsListed({ ownerOf }: User): readonly KeyOf<'organization'>[] {
  return ownerOf.map(({ name }) => organizationKey(name));
}

/**
 * @param listed what `organizationsInFullList` asks for
 * @throws {TooManyOwners | TooManyOrganizations}
 */
export function becomesOwner({ user, organization }: Owned, listed: KnownOrganizations, at: string): Owned {
  if (organization.owners.length >= MAX_OWNERS) {
    throw new TooManyOwners(organization.organizationName, MAX_OWNERS);
  }
  return {
    user: owning(user, organization.organizationName, organization.id, listed, at),
    organization: { ...organization, owners: [...organization.owners, user.username], updatedAt: at },
  };
}

/**
 * The user's side alone. An entry of the same name is of an organization that is gone, and so may others be where the
 * list is full; they make room.
 * @throws {TooManyOrganizations}
 */
export function owning(
  user: User,
  name: Slug,
  id: OrganizationId,
  listed: KnownOrganizations,
  at: string,
): User {
  const full = user.ownerOf.length >= MAX_OWNED_ORGANIZATIONS;
  const others = user.ownerOf.filter(
    (owned) => owned.name !== name && (!full || livingOwned(owned, listed) !== undefined),
  );
  if (others.length >= MAX_OWNED_ORGANIZATIONS) {
    throw new TooManyOrganizations(user.username, MAX_OWNED_ORGANIZATIONS);
  }
  return { ...user, ownerOf: [...others, { name, id }], updatedAt: at };
}

/**
 * The organization that an entry stands for, if it lives: under that id, for an id that is gone never comes back.
 * @param listed must include whatever stands under that name
 */
export function livingOwned(
  { name, id }: OwnedOrganization,
  listed: KnownOrganizations,
): { readonly known: Known<KeyOf<'organization'>>; readonly organization: Organization } | undefined {
  const known = knownAmong(listed, organizationKey(name));
  return known.record?.id === id ? { known, organization: known.record } : undefined;
}

/** @throws {LastOwner} An organization always keeps an Owner. */
export function stopsBeingOwner({ user, organization }: Owned, at: string): Owned {
  return {
    user: {
      ...user,
      ownerOf: user.ownerOf.filter((owned) => owned.id !== organization.id),
      updatedAt: at,
    },
    organization: withoutOwner(organization, user.username, at),
  };
}

/** The organization's side alone. @throws {LastOwner} */
export function withoutOwner(organization: Organization, username: Username, at: string): Organization {
  const owners = organization.owners.filter((owner) => owner !== username);
  if (owners.length === 0) throw new LastOwner(organization.organizationName, username);
  return { ...organization, owners, updatedAt: at };
}
