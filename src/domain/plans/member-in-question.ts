import { MembershipNotFound, VersionMismatch } from '../errors.ts';
import { belongs, type Membership } from '../membership.ts';
import type { KeyOf, Known } from '../records.ts';
import type { User } from '../user.ts';
import type { Acting } from './acting.ts';

/** What has to be known to do something to a member; the caller and the member may be the same. */
export interface ActingOnMember extends Acting {
  readonly user: Known<KeyOf<'user'>>;
  readonly membership: Known<KeyOf<'membership'>>;
}

/** Whatever is done to a member rests on all of these, besides the membership itself. */
export function reliedOn({ caller, organization, callerMembership, user }: ActingOnMember): readonly Known[] {
  return [caller, organization, callerMembership, user];
}

/** @throws {MembershipNotFound} */
export function memberInQuestion({ user, membership, organization }: ActingOnMember): {
  readonly user: User;
  readonly membership: Membership;
} {
  if (user.record === undefined || !belongs(membership.record, user.record, organization.record)) {
    throw new MembershipNotFound(organization.key.name, user.key.username);
  }
  return { user: user.record, membership: membership.record };
}

/** @throws {VersionMismatch} when the caller insists on a version that has moved */
export function requireVersion({ version }: Known, insistedOn: number | undefined): void {
  if (insistedOn !== undefined && insistedOn !== version) throw new VersionMismatch(insistedOn, version);
}
