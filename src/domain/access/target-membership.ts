import { MembershipNotFound } from '../errors.ts';
import { belongs, type Membership } from '../membership.ts';
import type { KeyOf, Loaded } from '../records.ts';
import type { User } from '../user.ts';
import type { OrganizationContext } from './acting-member.ts';

/** What has to be known to do something to a member, or to tell whether there is one. Caller and member may be the same. */
export interface MemberContext extends OrganizationContext {
  readonly user: Loaded<KeyOf<'user'>>;
  readonly membership: Loaded<KeyOf<'membership'>>;
}

/** Whatever is done to a member rests on all of these, besides the membership itself. */
export function memberPreconditions(loaded: MemberContext): readonly (Loaded | undefined)[] {
  return [loaded.caller, loaded.organization, loaded.callerMembership, loaded.user];
}

/** @throws {MembershipNotFound} */
export function requireTargetMembership({ user, membership, organization }: MemberContext): {
  readonly user: User;
  readonly membership: Membership;
} {
  if (user.record === undefined || !belongs(membership.record, user.record, organization.record)) {
    throw new MembershipNotFound(organization.key.name, user.key.username);
  }
  return { user: user.record, membership: membership.record };
}
