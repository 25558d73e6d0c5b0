import { parseUsername } from '../../../../src/domain/names.ts';
import type { Versioned } from '../../../../src/domain/records.ts';
import type { Role } from '../../../../src/domain/role.ts';
import { admin } from '../../../support/account-stack.ts';
import { text } from '../../../support/accounts.ts';
import { ACME, ACME_KEY, ANN, ann, BOB, BOB_IN_ACME, BOB_KEY, bob } from './fixtures.ts';
import type { Operation } from './operation.ts';

/** Generated ids differ between runs, so they are not compared. */
function withoutId<Record extends { readonly id: string }>({ record, version }: Versioned<Record>) {
  const { id: _, ...rest } = record;
  return { record: rest, version };
}

export const createUsers: Record<'ann' | 'bob', Operation> = {
  ann: createUser('ann'),
  bob: createUser('bob'),
};

function createUser(username: string): Operation {
  return {
    name: `create user ${username}`,
    writesAs: admin,
    invoke: async (serviceUnderTest) =>
      withoutId(
        await serviceUnderTest.service.users.create(admin, {
          username: parseUsername(username),
          firstName: text('Given'),
          lastName: text('Family'),
        }),
      ),
  };
}

const createAcme: Operation = {
  name: 'ann creates acme',
  writesAs: ann,
  invoke: async (serviceUnderTest) =>
    withoutId(
      await serviceUnderTest.service.organizations.create(ann, {
        organizationName: ACME,
        displayName: text('Acme'),
      }),
    ),
};

const addBob = (role: Role): Operation => ({
  name: `ann adds bob as ${role}`,
  writesAs: ann,
  invoke: (serviceUnderTest) => serviceUnderTest.service.memberships.add(ann, ACME, BOB, role),
});

const changeBobsRole = (role: Role): Operation => ({
  name: `ann makes bob ${role}`,
  writesAs: ann,
  targetKey: BOB_IN_ACME,
  invoke: (serviceUnderTest) => serviceUnderTest.service.memberships.changeRole(ann, ACME, BOB, role),
});

export const renameBob = (firstName: string): Operation => ({
  name: `rename bob to ${firstName}`,
  writesAs: admin,
  targetKey: BOB_KEY,
  invoke: (serviceUnderTest) =>
    serviceUnderTest.service.users.update(admin, BOB, { firstName: text(firstName) }),
});

export const renameAcme = (displayName: string): Operation => ({
  name: `ann renames acme to ${displayName}`,
  writesAs: ann,
  targetKey: ACME_KEY,
  invoke: (serviceUnderTest) => serviceUnderTest.service.organizations.update(ann, ACME, text(displayName)),
});

/** The writes that clients perform. */
export const writeOperations = {
  createAcme,
  createBob: createUsers.bob,
  addBob: addBob('Member'),
  addBobAsAdmin: addBob('Admin'),
  makeBobMember: changeBobsRole('Member'),
  makeBobAdmin: changeBobsRole('Admin'),
  makeBobOwner: changeBobsRole('Owner'),
  makeAnnMember: {
    name: 'bob makes ann Member',
    writesAs: bob,
    invoke: (serviceUnderTest) => serviceUnderTest.service.memberships.changeRole(bob, ACME, ANN, 'Member'),
  },
  removeBob: {
    name: 'ann removes bob',
    writesAs: ann,
    invoke: (serviceUnderTest) => serviceUnderTest.service.memberships.remove(ann, ACME, BOB),
  },
  bobLeaves: {
    name: 'bob leaves',
    writesAs: bob,
    invoke: (serviceUnderTest) => serviceUnderTest.service.memberships.remove(bob, ACME, BOB),
  },
  annLeaves: {
    name: 'ann leaves',
    writesAs: ann,
    invoke: (serviceUnderTest) => serviceUnderTest.service.memberships.remove(ann, ACME, ANN),
  },
  transferToBob: {
    name: 'ann transfers acme to bob',
    writesAs: ann,
    invoke: (serviceUnderTest) => serviceUnderTest.service.organizations.transferOwnership(ann, ACME, BOB),
  },
  transferToAnn: {
    name: 'bob transfers acme to ann',
    writesAs: bob,
    invoke: (serviceUnderTest) => serviceUnderTest.service.organizations.transferOwnership(bob, ACME, ANN),
  },
  renameAcme: renameAcme('Ann & Co'),
  bobRenamesAcme: {
    name: 'bob renames acme',
    writesAs: bob,
    targetKey: ACME_KEY,
    invoke: (serviceUnderTest) => serviceUnderTest.service.organizations.update(bob, ACME, text('Bob & Co')),
  },
  renameBob: {
    name: 'bob renames himself',
    writesAs: bob,
    targetKey: BOB_KEY,
    invoke: (serviceUnderTest) =>
      serviceUnderTest.service.users.update(bob, BOB, { firstName: text('Robert') }),
  },
  suspendBob: {
    name: 'suspend bob',
    writesAs: admin,
    targetKey: BOB_KEY,
    invoke: (serviceUnderTest) => serviceUnderTest.service.users.suspend(admin, BOB),
  },
  resumeBob: {
    name: 'resume bob',
    writesAs: admin,
    targetKey: BOB_KEY,
    invoke: (serviceUnderTest) => serviceUnderTest.service.users.resume(admin, BOB),
  },
  suspendAcme: {
    name: 'suspend acme',
    writesAs: admin,
    targetKey: ACME_KEY,
    invoke: (serviceUnderTest) => serviceUnderTest.service.organizations.suspend(admin, ACME),
  },
  resumeAcme: {
    name: 'resume acme',
    writesAs: admin,
    targetKey: ACME_KEY,
    invoke: (serviceUnderTest) => serviceUnderTest.service.organizations.resume(admin, ACME),
  },
  deleteBob: {
    name: 'delete user bob',
    writesAs: admin,
    invoke: (serviceUnderTest) => serviceUnderTest.service.users.delete(admin, BOB),
  },
  deleteAcme: {
    name: 'delete acme',
    writesAs: admin,
    invoke: (serviceUnderTest) => serviceUnderTest.service.organizations.delete(admin, ACME),
  },
} satisfies Record<string, Operation>;
