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
import { absent, CARA, NOW, service } from '../builders.ts';
import { recordsFor, type Scenario } from '../scenario.ts';

const text = parseDisplayText('Some Name');
const newKeys = { user: userKey(parseUsername('novel')), organization: organizationKey(parseSlug('novel')) };

/** Every operation, mostly on "tom" or "acme", with valid input: only the caller decides the outcome. */
const operations: Readonly<Record<string, (loaded: TransferContext, context: ChangeContext) => unknown>> = {
  'create a user': ({ caller }, context) =>
    planCreateUser(
      { caller, user: absent(newKeys.user), claim: undefined },
      { username: newKeys.user.username, firstName: text, lastName: text },
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
  // Users edit themselves.
  'edit cara': ({ caller }, context) =>
    planUpdateUser(
      { caller, user: recordsFor().caller, claim: undefined, released: undefined },
      { firstName: text },
      11,
      context,
    ),
  'delete another user': (loaded, context) =>
    planDeleteUser({ ...loaded, claim: undefined, memberships: [] }, undefined, context),
  'suspend a user': (loaded, context) => planSetUserStatus(loaded, 'suspended', context),
  'resume a user': (loaded, context) => planSetUserStatus(loaded, 'active', context),
  'create an organization': ({ caller }, context) =>
    planCreateOrganization(
      {
        founder: caller,
        organization: absent(newKeys.organization),
        membership: absent(membershipKey(newKeys.organization.name, CARA)),
        ownedOrganizations: [],
      },
      { organizationName: newKeys.organization.name, displayName: text },
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

const BY_ANY_USER = ['create a user', 'edit cara', 'create an organization'];
const BY_ADMINS = ['rename the organization', 'add a Member', 'promote to Admin', 'remove a Member'];
const BY_OWNERS = ['delete the organization', 'add an Owner', 'promote to Owner', 'transfer ownership'];
const BY_ADMIN_SERVICES = [
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
/** Operations on an organization, which outsiders cannot see. */
const ON_ORGANIZATION = [...BY_ADMINS, ...BY_OWNERS, 'suspend the organization', 'resume the organization'];

interface Expectation {
  readonly caller: Caller;
  readonly scenario?: Scenario;
  readonly allowed: readonly string[];
  /** The error code of the other operations; 'forbidden' by default. */
  readonly error?: string;
  /** The error code of the other operations on an organization. */
  readonly organizationError?: string;
}

const cara: Caller = { type: 'user', username: CARA };
const users: Readonly<Record<string, Omit<Expectation, 'caller'>>> = {
  'an Owner': { scenario: { callerRole: 'Owner' }, allowed: [...BY_ANY_USER, ...BY_ADMINS, ...BY_OWNERS] },
  'an Admin': { scenario: { callerRole: 'Admin' }, allowed: [...BY_ANY_USER, ...BY_ADMINS] },
  'a Member': { scenario: { callerRole: 'Member' }, allowed: BY_ANY_USER },
  'an outsider': {
    scenario: { callerRole: 'none' },
    allowed: BY_ANY_USER,
    organizationError: 'organization_not_found',
  },
};
const suspended = { allowed: [], scenario: { callerStatus: 'suspended' } } as const;

const callers: Readonly<Record<string, Expectation>> = {
  'an anonymous caller': {
    caller: { type: 'anonymous' },
    allowed: ['create a user'],
    error: 'unauthenticated',
  },
  'a suspended user': { caller: cara, ...suspended, error: 'unauthenticated' },
  ...Object.fromEntries(Object.entries(users).map(([user, rest]) => [user, { caller: cara, ...rest }])),
  ...Object.fromEntries(
    Object.entries(users).flatMap(([user, rest]) =>
      (['write', 'admin'] as const).map((scope) => [
        `a service (${scope}) on behalf of ${user}`,
        { caller: service([scope], CARA), ...rest },
      ]),
    ),
  ),
  'a service (read) on behalf of an Owner': { caller: service(['read'], CARA), allowed: [] },
  'a service (admin) on behalf of a suspended user': {
    caller: service(['admin'], CARA),
    ...suspended,
    error: 'user_suspended',
  },
  'a service (admin) on behalf of an unknown user': {
    caller: service(['admin'], CARA),
    allowed: [],
    scenario: { callerStatus: 'absent' },
    error: 'user_not_found',
  },
  'a service (read)': { caller: service(['read']), allowed: [] },
  'a service (write)': { caller: service(['write']), allowed: [] },
  'a service (admin)': { caller: service(['admin']), allowed: BY_ADMIN_SERVICES },
};

for (const [
  name,
  { caller, scenario = {}, allowed, error = 'forbidden', organizationError = error },
] of Object.entries(callers)) {
  describe(name, () => {
    const all = recordsFor(scenario);
    // Without an acting user nothing is loaded for the caller. The types of a few plans exclude this, because the
    // application rejects such callers earlier.
    const hasUser = caller.type === 'user' || (caller.type === 'service' && caller.onBehalfOf !== undefined);
    const loaded = hasUser ? all : { ...all, caller: undefined, callerMembership: undefined };
    for (const [operation, plan] of Object.entries(operations)) {
      const outcome = allowed.includes(operation)
        ? 'allowed'
        : ON_ORGANIZATION.includes(operation)
          ? organizationError
          : error;
      it(`${operation}: ${outcome}`, () => {
        expect(outcomeOf(() => plan(loaded as TransferContext, { caller, at: NOW }))).to.equal(outcome);
      });
    }
  });
}

function outcomeOf(call: () => unknown): string {
  try {
    call();
    return 'allowed';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}
