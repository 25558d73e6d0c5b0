import type { Role } from '../../support/api-client.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { ExpectedState } from './expected-state.ts';

/** The user, the organization and the owner of the organization. */
export interface ResourceNames {
  readonly user: string;
  readonly organization: string;
  readonly owner: string;
}

/** A request that writes, and the state after it has been applied. */
export interface WriteRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** The service may do everything that the owner may not. */
  readonly sender: 'owner' | 'service';
  readonly stateAfter: ExpectedState;
}

/** Builds a write for the current state. */
export type WriteStep = (names: ResourceNames, state: ExpectedState) => WriteRequest;

const members = ({ organization }: ResourceNames): string => `/organizations/${organization}/members`;
const member = (names: ResourceNames): string => `${members(names)}/${names.user}`;

export const addMember =
  (role: Role): WriteStep =>
  (names, state) => ({
    method: 'POST',
    path: members(names),
    body: { memberUsername: names.user, role },
    sender: 'owner',
    stateAfter: { ...state, role, version: state.version + 1 },
  });

export const changeRole =
  (role: Role): WriteStep =>
  (names, state) => ({
    method: 'PATCH',
    path: member(names),
    body: { role },
    sender: 'owner',
    stateAfter: { ...state, role, version: state.role === role ? state.version : state.version + 1 },
  });

const removeMember: WriteStep = (names, state) => ({
  method: 'DELETE',
  path: member(names),
  sender: 'owner',
  stateAfter: { ...state, role: undefined, version: state.version + 1 },
});

const setUserStatus =
  (action: 'suspend' | 'resume'): WriteStep =>
  ({ user }, state) => ({
    method: 'POST',
    path: `/users/${user}/${action}`,
    sender: 'service',
    stateAfter: { ...state, user: action === 'suspend' ? 'suspended' : 'active' },
  });

const setOrganizationStatus =
  (action: 'suspend' | 'resume'): WriteStep =>
  ({ organization }, state) => ({
    method: 'POST',
    path: `/organizations/${organization}/${action}`,
    sender: 'service',
    stateAfter: { ...state, organization: action === 'suspend' ? 'suspended' : 'active' },
  });

/** Creating a user with the same name does not restore memberships. */
const deleteUser: WriteStep = ({ user }, state) => ({
  method: 'DELETE',
  path: `/users/${user}`,
  sender: 'service',
  stateAfter: { ...state, user: 'absent', role: undefined },
});

export const createUser: WriteStep = ({ user }, state) => ({
  method: 'POST',
  path: '/users',
  body: { username: user, firstName: 'Some', lastName: 'Body' },
  sender: 'service',
  stateAfter: { ...state, user: 'active' },
});

const deleteOrganization: WriteStep = ({ organization }, state) => ({
  method: 'DELETE',
  path: `/organizations/${organization}`,
  sender: 'owner',
  stateAfter: { ...state, organization: 'absent', role: undefined },
});

export const createOrganization: WriteStep = ({ organization }, state) => ({
  method: 'POST',
  path: '/organizations',
  body: { organizationName: organization },
  sender: 'owner',
  stateAfter: { ...state, organization: 'active' },
});

const ROLES: readonly [Role, Role, Role] = ['Member', 'Admin', 'Owner'];

/** A random role other than these. */
export function otherRole(random: SeededRandom, ...excluded: readonly (Role | undefined)[]): Role {
  const [first = 'Member', ...others] = ROLES.filter((role) => !excluded.includes(role));
  return random.pick([first, ...others]);
}

/**
 * A random sequence of writes after which the membership is active again. In the third scenario the user is an Admin only
 * while suspended, so no response may ever show an active Admin.
 */
export function nextScenario(random: SeededRandom, { role }: ExpectedState): readonly WriteStep[] {
  const addAgain = addMember(random.pick(ROLES));
  const changeToOther = changeRole(otherRole(random, role));
  const scenarios: readonly [readonly WriteStep[], ...(readonly WriteStep[])[]] = [
    [changeToOther],
    [removeMember, addAgain],
    [
      changeRole('Member'),
      setUserStatus('suspend'),
      changeRole('Admin'),
      changeRole('Member'),
      setUserStatus('resume'),
    ].slice(role === 'Member' ? 1 : 0),
    [setUserStatus('suspend'), setUserStatus('resume')],
    [setUserStatus('suspend'), removeMember, setUserStatus('resume'), addAgain],
    [setOrganizationStatus('suspend'), setOrganizationStatus('resume')],
    [deleteUser, createUser, addAgain],
    [deleteOrganization, createOrganization, addAgain],
  ];
  // Role changes are half of the load.
  return random.happens(0.5) ? [changeToOther] : random.pick(scenarios);
}
