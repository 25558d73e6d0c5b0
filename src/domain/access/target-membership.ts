import { MembershipNotFound } from '../errors.ts';
import { belongs, type Membership } from '../membership.ts';
import type { KeyOf, Loaded } from '../records.ts';
import type { User } from '../user.ts';
import type { OrganizationContext } from './acting-member.ts';

/** The records needed to read or change a member. Caller and member may be the same user. */
export interface MemberContext extends OrganizationContext {
  readonly user: Loaded<KeyOf<'user'>>;
  readonly membership: Loaded<KeyOf<'membership'>>;
}

/** The records, besides the membership itself, that a change of a member depends on. */
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
