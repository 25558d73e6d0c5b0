import { put, type Write } from '../change.ts';
import { LastOwner, TooManyOrganizations, TooManyOwners } from '../errors.ts';
import type { OrganizationId } from '../ids.ts';
import type { Slug, Username } from '../names.ts';
import { MAX_OWNERS, type Organization } from '../organization.ts';
import { type KeyOf, type Loaded, organizationKey, requireLoaded } from '../records.ts';
import { MAX_OWNED_ORGANIZATIONS, type OwnedOrganization, type User } from '../user.ts';

/** Ownership is recorded in both the user and the organization, so a change of Owners changes both. */
interface Ownership {
  readonly user: User;
  readonly organization: Organization;
}

type LoadedOrganizations = readonly Loaded<KeyOf<'organization'>>[];

/** The writes of both records. */
export function ownershipWrites(
  loaded: { readonly user: Loaded<KeyOf<'user'>>; readonly organization: Loaded<KeyOf<'organization'>> },
  owned: Ownership,
): Write[] {
  return [put(loaded.organization, owned.organization), put(loaded.user, owned.user)];
}

/**
 * The organizations to load before a user becomes Owner of another one: none while `ownerOf` is not full; all of its
 * entries when it is full, because some of them may have been deleted.
 */
export function ownedOrganizationsIfFull({
  record,
}: Loaded<KeyOf<'user'>>): readonly KeyOf<'organization'>[] {
  if (record === undefined || record.ownerOf.length < MAX_OWNED_ORGANIZATIONS) return [];
  return ownedOrganizationKeys(record);
}

export function ownedOrganizationKeys({ ownerOf }: User): readonly KeyOf<'organization'>[] {
  return ownerOf.map(({ name }) => organizationKey(name));
}

/**
 * @param ownedOrganizations the organizations of `ownedOrganizationsIfFull`
 * @throws {TooManyOwners | TooManyOrganizations}
 */
export function addOwner(
  { user, organization }: Ownership,
  ownedOrganizations: LoadedOrganizations,
  at: string,
): Ownership {
  if (organization.owners.length >= MAX_OWNERS) {
    throw new TooManyOwners(organization.organizationName, MAX_OWNERS);
  }
  return {
    user: withOwnedOrganization(user, organization.organizationName, organization.id, ownedOrganizations, at),
    organization: { ...organization, owners: [...organization.owners, user.username], updatedAt: at },
  };
}

/**
 * The user as Owner of another organization. An entry with the same name belongs to a deleted organization and is
 * replaced. If the list is full, all entries of deleted organizations are removed.
 * @throws {TooManyOrganizations}
 */
export function withOwnedOrganization(
  user: User,
  name: Slug,
  id: OrganizationId,
  ownedOrganizations: LoadedOrganizations,
  at: string,
): User {
  const full = user.ownerOf.length >= MAX_OWNED_ORGANIZATIONS;
  const others = user.ownerOf.filter(
    (owned) =>
      owned.name !== name && (!full || liveOwnedOrganization(owned, ownedOrganizations) !== undefined),
  );
  if (others.length >= MAX_OWNED_ORGANIZATIONS) {
    throw new TooManyOrganizations(user.username, MAX_OWNED_ORGANIZATIONS);
  }
  return { ...user, ownerOf: [...others, { name, id }], updatedAt: at };
}

/**
 * The organization that an entry refers to, if it exists with that id. Ids are never reused.
 * @param ownedOrganizations must include the organization with that name
 */
export function liveOwnedOrganization(
  { name, id }: OwnedOrganization,
  ownedOrganizations: LoadedOrganizations,
): { readonly loaded: Loaded<KeyOf<'organization'>>; readonly organization: Organization } | undefined {
  const loaded = requireLoaded(ownedOrganizations, organizationKey(name));
  return loaded.record?.id === id ? { loaded, organization: loaded.record } : undefined;
}

/** @throws {LastOwner} the organization would have no Owner */
export function removeOwner({ user, organization }: Ownership, at: string): Ownership {
  return {
    user: {
      ...user,
      ownerOf: user.ownerOf.filter((owned) => owned.id !== organization.id),
      updatedAt: at,
    },
    organization: withoutOwner(organization, user.username, at),
  };
}

/** The organization after `username` is no longer an Owner. @throws {LastOwner} */
export function withoutOwner(organization: Organization, username: Username, at: string): Organization {
  const owners = organization.owners.filter((owner) => owner !== username);
  if (owners.length === 0) throw new LastOwner(organization.organizationName, username);
  return { ...organization, owners, updatedAt: at };
}
