import { OrganizationNotFound, UserNotFound } from '../errors.ts';
import type { Organization } from '../organization.ts';
import type { KeyOf, Loaded } from '../records.ts';
import type { User } from '../user.ts';

/** @throws {UserNotFound} */
export function requireUser({ key, record }: Loaded<KeyOf<'user'>>): User {
  if (record === undefined) throw new UserNotFound(key.username);
  return record;
}

/** @throws {OrganizationNotFound} */
export function requireOrganization({ key, record }: Loaded<KeyOf<'organization'>>): Organization {
  if (record === undefined) throw new OrganizationNotFound(key.name);
  return record;
}
