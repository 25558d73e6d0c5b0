import type { Slug, Username } from '../../../src/domain/names.ts';
import { membershipKey, organizationKey, userKey } from '../../../src/domain/records.ts';
import type { ResourceNames } from './write-steps.ts';

/** The records that determine whether a membership is active. */
export function recordKeysOf({ user, organization }: ResourceNames) {
  const username = user as Username;
  const slug = organization as Slug;
  return [userKey(username), organizationKey(slug), membershipKey(slug, username)] as const;
}
