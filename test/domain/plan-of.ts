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

/** The plan for a command, from what the world knows now. `id` is given to what it creates, and is a new name for what it renames. */
export function planOf(world: World, command: Command, id: string): Plan<unknown> {
  const { kind, organization, username, role, email, ifVersion } = command;
  const context: ChangeContext = { caller: callerOf(command), at: NOW };
  const inside = {
    caller: world.know(userKey(command.caller)),
    organization: world.know(organizationKey(organization)),
    callerMembership: world.know(membershipKey(organization, command.caller)),
  };
  const itself = command.as === 'admin service';
  const ofOrganization = { ...inside, ...(itself ? { caller: undefined, callerMembership: undefined } : {}) };
  // Users are changed by themselves, or by a service.
  const ofUser = { caller: itself ? undefined : inside.caller, user: inside.caller };
  const user = world.know(userKey(username));
  const ownedOrganizations = listedBy(world, kind === 'createOrganization' ? inside.caller : user);
  const ofMember = {
    ...inside,
    user,
    membership: world.know(membershipKey(organization, username)),
    ownedOrganizations,
  };
  switch (kind) {
    case 'createUser':
      return planCreateUser(
        {
          caller: undefined,
          user: inside.caller,
          claim: email === null ? undefined : world.know(emailKey(normalizeEmail(email))),
        },
        { username: command.caller, firstName: text, lastName: text, email: email ?? undefined },
        `user_${id}`,
        { caller: { type: 'anonymous' }, at: NOW },
      );
    case 'updateUser': {
      const edit = { firstName: parseDisplayText(`Name ${id}`), email };
      const { claim, released } = emailClaimsOf(inside.caller, edit);
      const claims = { claim: claim && world.know(claim), released: released && world.know(released) };
      return planUpdateUser({ ...ofUser, ...claims }, edit, ifVersion, context);
    }
    case 'deleteUser': {
      const estate = deletionReadSet(inside.caller);
      const loaded = {
        claim: estate.claim && world.know(estate.claim),
        ownedOrganizations: estate.ownedOrganizations.map((key) => world.know(key)),
        memberships: estate.memberships.map((key) => world.know(key)),
      };
      return planDeleteUser({ ...ofUser, ...loaded }, ifVersion, context);
    }
    case 'suspendUser':
      return planSetUserStatus(ofUser, 'suspended', context);
    case 'resumeUser':
      return planSetUserStatus(ofUser, 'active', context);
    case 'createOrganization':
      return planCreateOrganization(
        {
          founder: inside.caller,
          organization: inside.organization,
          membership: inside.callerMembership,
          ownedOrganizations,
        },
        { organizationName: organization, displayName: text },
        `org_${id}`,
        context,
      );
    case 'updateOrganization':
      return planUpdateOrganization(ofOrganization, parseDisplayText(`Name ${id}`), ifVersion, context);
    case 'deleteOrganization':
      return planDeleteOrganization(ofOrganization, ifVersion, context);
    case 'suspendOrganization':
      return planSetOrganizationStatus(ofOrganization, 'suspended', context);
    case 'resumeOrganization':
      return planSetOrganizationStatus(ofOrganization, 'active', context);
    case 'transferOwnership':
      return planTransferOwnership(ofMember, context);
    case 'add':
      return planAddMember(ofMember, role, context);
    case 'changeRole':
      return planChangeRole(ofMember, role, ifVersion, context);
    case 'remove':
      return planRemoveMember(ofMember, ifVersion, context);
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

function listedBy(world: World, user: Loaded<KeyOf<'user'>>): Loaded<KeyOf<'organization'>>[] {
  return ownedOrganizationsIfFull(user).map((key) => world.know(key));
}
