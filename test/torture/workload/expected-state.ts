import type { Role } from '../../support/api-client.ts';
import type { ObservableState } from '../checker/timeline.ts';

type Status = 'absent' | 'active' | 'suspended';

/** The state of a user, an organization and the membership between them. */
export interface ExpectedState {
  readonly organization: Status;
  readonly user: Status;
  /** The role of the current user in the current organization; `undefined` = not a member. */
  readonly role: Role | undefined;
  /** The version of the membership record, including tombstones; 0 = there never was a membership. */
  readonly version: number;
}

const PERMISSION_LEVELS: Readonly<Record<Role, number>> = { Member: 1, Admin: 2, Owner: 3 };

/** The responses in this state. `POST /checks` and `GET …/members/…` use different codes for the same state. */
export function observableState({ organization, user, role, version }: ExpectedState): ObservableState {
  const denied = (...answers: string[]): ObservableState => ({ answers, permissionLevel: 0 });
  if (organization === 'absent') return denied('organization_not_found');
  if (user === 'absent') return denied('user_not_found', 'membership_not_found');
  if (role === undefined) return denied('not_member', 'membership_not_found');
  if (organization === 'suspended') return denied('organization_suspended', 'membership_suspended');
  if (user === 'suspended') return denied('user_suspended', 'membership_suspended');
  return activeMembership(role, version);
}

/** The response of both routes for an active membership. */
export function activeMembership(role: Role, version: number): ObservableState {
  return { answers: [`${role} at version ${version}`], permissionLevel: PERMISSION_LEVELS[role] };
}
