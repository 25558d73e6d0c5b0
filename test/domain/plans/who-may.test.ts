import { expect } from 'chai';
import type { Caller } from '../../../src/domain/caller.ts';
import { DomainError } from '../../../src/domain/domain-error.ts';
import { parseDisplayText, parseSlug, parseUsername } from '../../../src/domain/names.ts';
import { planAddMember } from '../../../src/domain/plans/add-member.ts';
import type { ChangeContext } from '../../../src/domain/plans/change-context.ts';
import { planChangeRole } from '../../../src/domain/plans/change-role.ts';
import { planCreateOrganization } from '../../../src/domain/plans/create-organization.ts';
import { planCreateUser } from '../../../src/domain/plans/create-user.ts';
import { planDeleteOrganization } from '../../../src/domain/plans/delete-organization.ts';
import { planDeleteUser } from '../../../src/domain/plans/delete-user.ts';
import { planRemoveMember } from '../../../src/domain/plans/remove-member.ts';
import { planSetOrganizationStatus } from '../../../src/domain/plans/set-organization-status.ts';
import { planSetUserStatus } from '../../../src/domain/plans/set-user-status.ts';
import { planTransferOwnership, type TransferContext } from '../../../src/domain/plans/transfer-ownership.ts';
import { planUpdateOrganization } from '../../../src/domain/plans/update-organization.ts';
import { planUpdateUser } from '../../../src/domain/plans/update-user.ts';
import { membershipKey, organizationKey, userKey } from '../../../src/domain/records.ts';
import { absent, CARA, NOW, type Sketch, scene, service } from '../builders.ts';

const text = parseDisplayText('Some Name');
const novel = { user: userKey(parseUsername('novel')), organization: organizationKey(parseSlug('novel')) };

/** Everything that can be done, mostly to "tom" or to "acme", where only the caller decides whether it is. */
const deeds: Readonly<Record<string, (loaded: TransferContext, context: ChangeContext) => unknown>> = {
  'create a user': ({ caller }, context) =>
    planCreateUser(
      { caller, user: absent(novel.user), claim: undefined },
      { username: novel.user.username, firstName: text, lastName: text },
      'user_1',
      context,
    ),
  'edit another user': (loaded, context) =>
    planUpdateUser(
      { ...loaded, claim: undefined, released: undefined },
      { firstName: text },
      undefined,
      context,
    ),
  // To users it is themself.
  'edit cara': ({ caller }, context) =>
    planUpdateUser(
      { caller, user: scene().caller, claim: undefined, released: undefined },
      { firstName: text },
      11,
      context,
    ),
  'delete another user': (loaded, context) =>
    planDeleteUser({ ...loaded, claim: undefined, memberships: [] }, undefined, context),
  'suspend a user': (loaded, context) => planSetUserStatus(loaded, 'suspended', context),
  'resume a user': (loaded, context) => planSetUserStatus(loaded, 'active', context),
  'found an organization': ({ caller }, context) =>
    planCreateOrganization(
      {
        founder: caller,
        organization: absent(novel.organization),
        membership: absent(membershipKey(novel.organization.name, CARA)),
        ownedOrganizations: [],
      },
      { organizationName: novel.organization.name, displayName: text },
      'org_1',
      context,
    ),
  'rename the organization': (loaded, context) => planUpdateOrganization(loaded, text, undefined, context),
  'delete the organization': (loaded, context) => planDeleteOrganization(loaded, undefined, context),
  'suspend the organization': (loaded, context) => planSetOrganizationStatus(loaded, 'suspended', context),
  'resume the organization': (loaded, context) => planSetOrganizationStatus(loaded, 'active', context),
  'add a Member': (loaded, context) =>
    planAddMember({ ...loaded, membership: absent(loaded.membership.key) }, 'Member', context),
  'add an Owner': (loaded, context) =>
    planAddMember({ ...loaded, membership: absent(loaded.membership.key) }, 'Owner', context),
  'promote to Admin': (loaded, context) => planChangeRole(loaded, 'Admin', undefined, context),
  'promote to Owner': (loaded, context) => planChangeRole(loaded, 'Owner', undefined, context),
  'remove a Member': (loaded, context) => planRemoveMember(loaded, undefined, context),
  'transfer ownership': (loaded, context) => planTransferOwnership(loaded, context),
};

const AS_ANYBODY = ['create a user', 'edit cara', 'found an organization'];
const AS_ADMIN = ['rename the organization', 'add a Member', 'promote to Admin', 'remove a Member'];
const AS_OWNER = ['delete the organization', 'add an Owner', 'promote to Owner', 'transfer ownership'];
const OF_SERVICES = [
  ...[
    'create a user',
    'edit cara',
    'edit another user',
    'delete another user',
    'suspend a user',
    'resume a user',
  ],
  ...['rename the organization', 'delete the organization'],
  ...['suspend the organization', 'resume the organization'],
];
/** What is about an organization, which is not there for outsiders. */
const INSIDE = [...AS_ADMIN, ...AS_OWNER, 'suspend the organization', 'resume the organization'];

interface Who {
  readonly caller: Caller;
  readonly sketch?: Sketch;
  readonly may: readonly string[];
  /** What they get instead; 'forbidden' if not told. */
  readonly instead?: string;
  readonly insteadInside?: string;
}

const cara: Caller = { type: 'user', username: CARA };
const people: Readonly<Record<string, Omit<Who, 'caller'>>> = {
  'an Owner': { sketch: { caller: 'Owner' }, may: [...AS_ANYBODY, ...AS_ADMIN, ...AS_OWNER] },
  'an Admin': { sketch: { caller: 'Admin' }, may: [...AS_ANYBODY, ...AS_ADMIN] },
  'a Member': { sketch: { caller: 'Member' }, may: AS_ANYBODY },
  'an outsider': { sketch: { caller: 'none' }, may: AS_ANYBODY, insteadInside: 'organization_not_found' },
};
const nobodyMay = { may: [], sketch: { callerIs: 'suspended' } } as const;

const callers: Readonly<Record<string, Who>> = {
  'nobody in particular': {
    caller: { type: 'anonymous' },
    may: ['create a user'],
    instead: 'unauthenticated',
  },
  'a suspended user': { caller: cara, ...nobodyMay, instead: 'unauthenticated' },
  ...Object.fromEntries(Object.entries(people).map(([who, rest]) => [who, { caller: cara, ...rest }])),
  ...Object.fromEntries(
    Object.entries(people).flatMap(([who, rest]) =>
      (['write', 'admin'] as const).map((scope) => [
        `a service (${scope}) on behalf of ${who}`,
        { caller: service([scope], CARA), ...rest },
      ]),
    ),
  ),
  'a service (read) on behalf of an Owner': { caller: service(['read'], CARA), may: [] },
  'a service (admin) on behalf of somebody suspended': {
    caller: service(['admin'], CARA),
    ...nobodyMay,
    instead: 'user_suspended',
  },
  'a service (admin) on behalf of nobody known': {
    caller: service(['admin'], CARA),
    may: [],
    sketch: { callerIs: 'absent' },
    instead: 'user_not_found',
  },
  'a service (read)': { caller: service(['read']), may: [] },
  'a service (write)': { caller: service(['write']), may: [] },
  'a service (admin)': { caller: service(['admin']), may: OF_SERVICES },
};

for (const [
  who,
  { caller, sketch = {}, may, instead = 'forbidden', insteadInside = instead },
] of Object.entries(callers)) {
  describe(who, () => {
    const all = scene(sketch);
    // What nobody stands behind is not known, which the types of a few plans do not foresee: their callers refuse before.
    const behind = caller.type === 'user' || (caller.type === 'service' && caller.onBehalfOf !== undefined);
    const loaded = behind ? all : { ...all, caller: undefined, callerMembership: undefined };
    for (const [deed, attempt] of Object.entries(deeds)) {
      const outcome = may.includes(deed) ? 'done' : INSIDE.includes(deed) ? insteadInside : instead;
      it(`to ${deed}: ${outcome}`, () => {
        expect(outcomeOf(() => attempt(loaded as TransferContext, { caller, at: NOW }))).to.equal(outcome);
      });
    }
  });
}

function outcomeOf(attempt: () => unknown): string {
  try {
    attempt();
    return 'done';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}
