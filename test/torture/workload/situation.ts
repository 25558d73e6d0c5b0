import type { Role } from '../../support/api-client.ts';
import type { State } from '../checker/timeline.ts';

type Standing = 'absent' | 'active' | 'suspended';

/** A user, an organization, and the membership between them. */
export interface Situation {
  readonly organization: Standing;
  readonly user: Standing;
  /** Of the membership that was made for this user and this organization; `undefined` = none. */
  readonly role: Role | undefined;
  /** Of the membership's record, tombstones counted: 0 = there never was one. */
  readonly version: number;
}

const RANKS: Readonly<Record<Role, number>> = { Member: 1, Admin: 2, Owner: 3 };

/** `POST /checks` and `GET …/members/…` say why there is no membership in words of their own. */
export function stateOf({ organization, user, role, version }: Situation): State {
  const nothing = (...answers: string[]): State => ({ answers, grants: 0 });
  if (organization === 'absent') return nothing('organization_not_found');
  if (user === 'absent') return nothing('user_not_found', 'membership_not_found');
  if (role === undefined) return nothing('not_member', 'membership_not_found');
  if (organization === 'suspended') return nothing('organization_suspended', 'membership_suspended');
  if (user === 'suspended') return nothing('user_suspended', 'membership_suspended');
  return inForce(role, version);
}

/** What both say of a membership that counts. */
export function inForce(role: Role, version: number): State {
  return { answers: [`${role} at version ${version}`], grants: RANKS[role] };
}
