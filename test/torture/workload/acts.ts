import type { Role } from '../../support/api-client.ts';
import type { Chance } from '../chance.ts';
import type { Situation } from './situation.ts';

/** By what a user, an organization and its founder go. */
export interface Names {
  readonly user: string;
  readonly organization: string;
  readonly founder: string;
}

/** One request that changes something, and what is so once it has. */
export interface Act {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** The founder, or the service that may do everything else. */
  readonly by: 'founder' | 'service';
  readonly after: Situation;
}

/** What somebody does next; it depends on what is so by then. */
export type Step = (names: Names, now: Situation) => Act;

const members = ({ organization }: Names): string => `/organizations/${organization}/members`;
const member = (names: Names): string => `${members(names)}/${names.user}`;

export const addMember =
  (role: Role): Step =>
  (names, now) => ({
    method: 'POST',
    path: members(names),
    body: { memberUsername: names.user, role },
    by: 'founder',
    after: { ...now, role, version: now.version + 1 },
  });

export const changeRole =
  (role: Role): Step =>
  (names, now) => ({
    method: 'PATCH',
    path: member(names),
    body: { role },
    by: 'founder',
    after: { ...now, role, version: now.role === role ? now.version : now.version + 1 },
  });

const removeMember: Step = (names, now) => ({
  method: 'DELETE',
  path: member(names),
  by: 'founder',
  after: { ...now, role: undefined, version: now.version + 1 },
});

const setUser =
  (verb: 'suspend' | 'resume'): Step =>
  ({ user }, now) => ({
    method: 'POST',
    path: `/users/${user}/${verb}`,
    by: 'service',
    after: { ...now, user: verb === 'suspend' ? 'suspended' : 'active' },
  });

const setOrganization =
  (verb: 'suspend' | 'resume'): Step =>
  ({ organization }, now) => ({
    method: 'POST',
    path: `/organizations/${organization}/${verb}`,
    by: 'service',
    after: { ...now, organization: verb === 'suspend' ? 'suspended' : 'active' },
  });

/** Whoever takes the name again has none of the memberships. */
const deleteUser: Step = ({ user }, now) => ({
  method: 'DELETE',
  path: `/users/${user}`,
  by: 'service',
  after: { ...now, user: 'absent', role: undefined },
});

export const createUser: Step = ({ user }, now) => ({
  method: 'POST',
  path: '/users',
  body: { username: user, firstName: 'Some', lastName: 'Body' },
  by: 'service',
  after: { ...now, user: 'active' },
});

const deleteOrganization: Step = ({ organization }, now) => ({
  method: 'DELETE',
  path: `/organizations/${organization}`,
  by: 'founder',
  after: { ...now, organization: 'absent', role: undefined },
});

export const createOrganization: Step = ({ organization }, now) => ({
  method: 'POST',
  path: '/organizations',
  body: { organizationName: organization },
  by: 'founder',
  after: { ...now, organization: 'active' },
});

const ROLES: readonly [Role, Role, Role] = ['Member', 'Admin', 'Owner'];

/** A role that is none of these. */
export function otherRole(chance: Chance, ...than: readonly (Role | undefined)[]): Role {
  const [first = 'Member', ...more] = ROLES.filter((role) => !than.includes(role));
  return chance.pick([first, ...more]);
}

/**
 * What becomes of a membership for a while; afterwards it is in force again. In the third of them the user is an Admin
 * only while suspended: no answer may ever show that role in force.
 */
export function nextSteps(chance: Chance, { role }: Situation): readonly Step[] {
  const back = addMember(chance.pick(ROLES));
  const other = changeRole(otherRole(chance, role));
  const stories: readonly [readonly Step[], ...(readonly Step[])[]] = [
    [other],
    [removeMember, back],
    [
      changeRole('Member'),
      setUser('suspend'),
      changeRole('Admin'),
      changeRole('Member'),
      setUser('resume'),
    ].slice(role === 'Member' ? 1 : 0),
    [setUser('suspend'), setUser('resume')],
    [setUser('suspend'), removeMember, setUser('resume'), back],
    [setOrganization('suspend'), setOrganization('resume')],
    [deleteUser, createUser, back],
    [deleteOrganization, createOrganization, back],
  ];
  // As often as all the others together: it is what writers do most.
  return chance.happens(0.5) ? [other] : chance.pick(stories);
}
