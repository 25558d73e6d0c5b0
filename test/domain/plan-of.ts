import type { Caller } from '../../src/domain/caller.ts';
import type { Plan } from '../../src/domain/change.ts';
import { normalizeEmail, parseDisplayText } from '../../src/domain/names.ts';
import { planAddMember } from '../../src/domain/plans/add-member.ts';
import type { ChangeContext } from '../../src/domain/plans/change-context.ts';
import { planChangeRole } from '../../src/domain/plans/change-role.ts';
import { planCreateOrganization } from '../../src/domain/plans/create-organization.ts';
import { planCreateUser } from '../../src/domain/plans/create-user.ts';
import { planDeleteOrganization } from '../../src/domain/plans/delete-organization.ts';
import { deletionReadSet, planDeleteUser } from '../../src/domain/plans/delete-user.ts';
import { ownedOrganizationsIfFull } from '../../src/domain/plans/ownership.ts';
import { planRemoveMember } from '../../src/domain/plans/remove-member.ts';
import { planSetOrganizationStatus } from '../../src/domain/plans/set-organization-status.ts';
import { planSetUserStatus } from '../../src/domain/plans/set-user-status.ts';
import { planTransferOwnership } from '../../src/domain/plans/transfer-ownership.ts';
import { planUpdateOrganization } from '../../src/domain/plans/update-organization.ts';
import { emailClaimsOf, planUpdateUser } from '../../src/domain/plans/update-user.ts';
import {
  emailKey,
  type KeyOf,
  type Loaded,
  membershipKey,
  organizationKey,
  userKey,
} from '../../src/domain/records.ts';
import { NOW, service } from './builders.ts';
import type { Command } from './commands.ts';
import type { World } from './world.ts';

const text = parseDisplayText('Some Name');

/** The plan for a command in the current world. @param id for a new record, and part of a new display name */
export function planOf(world: World, command: Command, id: string): Plan<unknown> {
  const { kind, organization, username, role, email, ifVersion } = command;
  const context: ChangeContext = { caller: callerOf(command), at: NOW };
  const callerRecords = {
    caller: world.load(userKey(command.caller)),
    organization: world.load(organizationKey(organization)),
    callerMembership: world.load(membershipKey(organization, command.caller)),
  };
  const isDirectService = command.as === 'admin service';
  const organizationContext = {
    ...callerRecords,
    ...(isDirectService ? { caller: undefined, callerMembership: undefined } : {}),
  };
  // Users change themselves, or a service does.
  const userContext = {
    caller: isDirectService ? undefined : callerRecords.caller,
    user: callerRecords.caller,
  };
  const user = world.load(userKey(username));
  const ownedOrganizations = ownedOrganizationsIn(
    world,
    kind === 'createOrganization' ? callerRecords.caller : user,
  );
  const memberContext = {
    ...callerRecords,
    user,
    membership: world.load(membershipKey(organization, username)),
    ownedOrganizations,
  };
  switch (kind) {
    case 'createUser':
      return planCreateUser(
        {
          caller: undefined,
          user: callerRecords.caller,
          claim: email === null ? undefined : world.load(emailKey(normalizeEmail(email))),
        },
        { username: command.caller, firstName: text, lastName: text, email: email ?? undefined },
        `user_${id}`,
        { caller: { type: 'anonymous' }, at: NOW },
      );
    case 'updateUser': {
      const edit = { firstName: parseDisplayText(`Name ${id}`), email };
      const { claim, released } = emailClaimsOf(callerRecords.caller, edit);
      const claims = { claim: claim && world.load(claim), released: released && world.load(released) };
      return planUpdateUser({ ...userContext, ...claims }, edit, ifVersion, context);
    }
    case 'deleteUser': {
      const estate = deletionReadSet(callerRecords.caller);
      const loaded = {
        claim: estate.claim && world.load(estate.claim),
        ownedOrganizations: estate.ownedOrganizations.map((key) => world.load(key)),
        memberships: estate.memberships.map((key) => world.load(key)),
      };
      return planDeleteUser({ ...userContext, ...loaded }, ifVersion, context);
    }
    case 'suspendUser':
      return planSetUserStatus(userContext, 'suspended', context);
    case 'resumeUser':
      return planSetUserStatus(userContext, 'active', context);
    case 'createOrganization':
      return planCreateOrganization(
        {
          founder: callerRecords.caller,
          organization: callerRecords.organization,
          membership: callerRecords.callerMembership,
          ownedOrganizations,
        },
        { organizationName: organization, displayName: text },
        `org_${id}`,
        context,
      );
    case 'updateOrganization':
      return planUpdateOrganization(organizationContext, parseDisplayText(`Name ${id}`), ifVersion, context);
    case 'deleteOrganization':
      return planDeleteOrganization(organizationContext, ifVersion, context);
    case 'suspendOrganization':
      return planSetOrganizationStatus(organizationContext, 'suspended', context);
    case 'resumeOrganization':
      return planSetOrganizationStatus(organizationContext, 'active', context);
    case 'transferOwnership':
      return planTransferOwnership(memberContext, context);
    case 'add':
      return planAddMember(memberContext, role, context);
    case 'changeRole':
      return planChangeRole(memberContext, role, ifVersion, context);
    case 'remove':
      return planRemoveMember(memberContext, ifVersion, context);
  }
}

function callerOf({ caller, as }: Command): Caller {
  switch (as) {
    case 'user':
      return { type: 'user', username: caller };
    case 'service for the user':
      return service(['write'], caller);
    case 'admin service':
      return service(['admin']);
  }
}

function ownedOrganizationsIn(world: World, user: Loaded<KeyOf<'user'>>): Loaded<KeyOf<'organization'>>[] {
  return ownedOrganizationsIfFull(user).map((key) => world.load(key));
}
