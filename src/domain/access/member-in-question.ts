import { MembershipNotFound } from '../errors.ts';
import { belongs, type Membership } from '../membership.ts';
import type { KeyOf, Known } from '../records.ts';
import type { User } from '../user.ts';
import type { KnownInside } from './insider.ts';

/** What has to be known to do something to a member, or to tell whether there is one. Caller and member may be the same. */
export interface KnownOfMember extends KnownInside {
  readonly user: Known<KeyOf<'user'>>;
  readonly membership: Known<KeyOf<'membership'>>;
}

/** Whatever is done to a member rests on all of these, besides the membership itself. */
export function reliedOn(known: KnownOfMember): readonly (Known | undefined)[] {
  return [known.caller, known.organization, known.callerMembership, known.user];
}

/** @throws {MembershipNotFound} */
export function memberInQuestion({ user, membership, organization }: KnownOfMember): {
  readonly user: User;
  readonly membership: Membership;
} {
  if (user.record === undefined || !belongs(membership.record, user.record, organization.record)) {
    throw new MembershipNotFound(organization.key.name, user.key.username);
  }
  return { user: user.record, membership: membership.record };
}
