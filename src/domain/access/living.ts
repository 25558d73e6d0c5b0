import { OrganizationNotFound, UserNotFound } from '../errors.ts';
import type { Organization } from '../organization.ts';
import type { KeyOf, Known } from '../records.ts';
import type { User } from '../user.ts';

/** @throws {UserNotFound} */
export function livingUser({ key, record }: Known<KeyOf<'user'>>): User {
  if (record === undefined) throw new UserNotFound(key.username);
  return record;
}

/** @throws {OrganizationNotFound} */
export function livingOrganization({ key, record }: Known<KeyOf<'organization'>>): Organization {
  if (record === undefined) throw new OrganizationNotFound(key.name);
  return record;
}
