import type { Slug, Username } from '../../../src/domain/names.ts';
import { membershipKey, organizationKey, userKey } from '../../../src/domain/records.ts';
import type { Names } from './acts.ts';

/** The records that tell whether a membership is in force. */
export function recordKeysOf({ user, organization }: Names) {
  const username = user as Username;
  const slug = organization as Slug;
  return [userKey(username), organizationKey(slug), membershipKey(slug, username)] as const;
}
