import { parseUsername } from '../../../../src/domain/names.ts';
import type { Versioned } from '../../../../src/domain/records.ts';
import type { Role } from '../../../../src/domain/role.ts';
import { admin } from '../../../support/account-stack.ts';
import { text } from '../../../support/accounts.ts';
import { ACME, ACME_KEY, ANN, ann, BOB, BOB_IN_ACME, BOB_KEY, bob } from './fixtures.ts';
import type { Operation } from './operation.ts';

/** Of something new the id is chance; all else is not. */
function withoutId<Record extends { readonly id: string }>({ record, version }: Versioned<Record>) {
  const { id: _, ...rest } = record;
  return { record: rest, version };
}

export const created: Record<'ann' | 'bob', Operation> = { ann: createUser('ann'), bob: createUser('bob') };

function createUser(username: string): Operation {
  return {
    name: `create user ${username}`,
    changesAs: admin,
    ask: async (serviceUnderTest) =>
      withoutId(
        await serviceUnderTest.service.users.create(admin, {
          username: parseUsername(username),
          firstName: text('Given'),
          lastName: text('Family'),
        }),
      ),
  };
}

const found: Operation = {
  name: 'ann founds acme',
  changesAs: ann,
  ask: async (serviceUnderTest) =>
    withoutId(
      await serviceUnderTest.service.organizations.create(ann, {
        organizationName: ACME,
        displayName: text('Acme'),
      }),
    ),
};

const addBob = (role: Role): Operation => ({
  name: `ann adds bob as ${role}`,
  changesAs: ann,
  ask: (serviceUnderTest) => serviceUnderTest.service.memberships.add(ann, ACME, BOB, role),
});

const makeBob = (role: Role): Operation => ({
  name: `ann makes bob ${role}`,
  changesAs: ann,
  changes: BOB_IN_ACME,
  ask: (serviceUnderTest) => serviceUnderTest.service.memberships.changeRole(ann, ACME, BOB, role),
});

export const renameBob = (firstName: string): Operation => ({
  name: `rename bob to ${firstName}`,
  changesAs: admin,
  changes: BOB_KEY,
  ask: (serviceUnderTest) =>
    serviceUnderTest.service.users.update(admin, BOB, { firstName: text(firstName) }),
});

export const renameAcme = (displayName: string): Operation => ({
  name: `ann renames acme to ${displayName}`,
  changesAs: ann,
  changes: ACME_KEY,
  ask: (serviceUnderTest) => serviceUnderTest.service.organizations.update(ann, ACME, text(displayName)),
});

/** What the clients change. */
export const changes = {
  found,
  createBob: created.bob,
  addBob: addBob('Member'),
  addBobAsAdmin: addBob('Admin'),
  makeBobMember: makeBob('Member'),
  makeBobAdmin: makeBob('Admin'),
  makeBobOwner: makeBob('Owner'),
  makeAnnMember: {
    name: 'bob makes ann Member',
    changesAs: bob,
    ask: (serviceUnderTest) => serviceUnderTest.service.memberships.changeRole(bob, ACME, ANN, 'Member'),
  },
  removeBob: {
    name: 'ann removes bob',
    changesAs: ann,
    ask: (serviceUnderTest) => serviceUnderTest.service.memberships.remove(ann, ACME, BOB),
  },
  bobLeaves: {
    name: 'bob leaves',
    changesAs: bob,
    ask: (serviceUnderTest) => serviceUnderTest.service.memberships.remove(bob, ACME, BOB),
  },
  annLeaves: {
    name: 'ann leaves',
    changesAs: ann,
    ask: (serviceUnderTest) => serviceUnderTest.service.memberships.remove(ann, ACME, ANN),
  },
  transferToBob: {
    name: 'ann hands acme over to bob',
    changesAs: ann,
    ask: (serviceUnderTest) => serviceUnderTest.service.organizations.transferOwnership(ann, ACME, BOB),
  },
  transferToAnn: {
    name: 'bob hands acme over to ann',
    changesAs: bob,
    ask: (serviceUnderTest) => serviceUnderTest.service.organizations.transferOwnership(bob, ACME, ANN),
  },
  renameAcme: renameAcme('Ann & Co'),
  bobRenamesAcme: {
    name: 'bob renames acme',
    changesAs: bob,
    changes: ACME_KEY,
    ask: (serviceUnderTest) => serviceUnderTest.service.organizations.update(bob, ACME, text('Bob & Co')),
  },
  renameBob: {
    name: 'bob renames himself',
    changesAs: bob,
    changes: BOB_KEY,
    ask: (serviceUnderTest) => serviceUnderTest.service.users.update(bob, BOB, { firstName: text('Robert') }),
  },
  suspendBob: {
    name: 'suspend bob',
    changesAs: admin,
    changes: BOB_KEY,
    ask: (serviceUnderTest) => serviceUnderTest.service.users.suspend(admin, BOB),
  },
  resumeBob: {
    name: 'resume bob',
    changesAs: admin,
    changes: BOB_KEY,
    ask: (serviceUnderTest) => serviceUnderTest.service.users.resume(admin, BOB),
  },
  suspendAcme: {
    name: 'suspend acme',
    changesAs: admin,
    changes: ACME_KEY,
    ask: (serviceUnderTest) => serviceUnderTest.service.organizations.suspend(admin, ACME),
  },
  resumeAcme: {
    name: 'resume acme',
    changesAs: admin,
    changes: ACME_KEY,
    ask: (serviceUnderTest) => serviceUnderTest.service.organizations.resume(admin, ACME),
  },
  deleteBob: {
    name: 'delete user bob',
    changesAs: admin,
    ask: (serviceUnderTest) => serviceUnderTest.service.users.delete(admin, BOB),
  },
  deleteAcme: {
    name: 'delete acme',
    changesAs: admin,
    ask: (serviceUnderTest) => serviceUnderTest.service.organizations.delete(admin, ACME),
  },
} satisfies Record<string, Operation>;
