import type { Caller } from '../../../../src/domain/caller.ts';
import type { Check } from '../../../../src/domain/checks.ts';
import { parseSlug, parseUsername } from '../../../../src/domain/names.ts';
import {
  membershipKey,
  organizationKey,
  type RecordKey,
  recordId,
  userKey,
  type Versioned,
} from '../../../../src/domain/records.ts';
import type { Role } from '../../../../src/domain/role.ts';
import { admin, billing, user } from '../../../support/account-stack.ts';
import { text } from '../../../support/accounts.ts';
import type { Operation } from './operation.ts';

const ANN = parseUsername('ann');
const BOB = parseUsername('bob');
const ACME = parseSlug('acme');
const ann = user('ann');
const bob = user('bob');
const service = billing('read');

const BOB_KEY = userKey(BOB);
const ACME_KEY = organizationKey(ACME);
const BOB_IN_ACME = membershipKey(ACME, BOB);
const ANN_IN_ACME = membershipKey(ACME, ANN);

/** Everything that the clients ask for and change. */
export const KEYS: readonly RecordKey[] = [BOB_KEY, BOB_IN_ACME, ACME_KEY, userKey(ANN), ANN_IN_ACME];

/** Of something new the id is chance; all else is not. */
function withoutId<Record extends { readonly id: string }>({ record, version }: Versioned<Record>) {
  const { id: _, ...rest } = record;
  return { record: rest, version };
}

const created: Record<'ann' | 'bob', Operation> = { ann: createUser('ann'), bob: createUser('bob') };

function createUser(username: string): Operation {
  return {
    name: `create user ${username}`,
    changesAs: admin,
    ask: async (doors) =>
      withoutId(
        await doors.service.users.create(admin, {
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
  ask: async (doors) =>
    withoutId(
      await doors.service.organizations.create(ann, { organizationName: ACME, displayName: text('Acme') }),
    ),
};

const addBob = (role: Role): Operation => ({
  name: `ann adds bob as ${role}`,
  changesAs: ann,
  ask: (doors) => doors.service.memberships.add(ann, ACME, BOB, role),
});

const makeBob = (role: Role): Operation => ({
  name: `ann makes bob ${role}`,
  changesAs: ann,
  ask: (doors) => doors.service.memberships.changeRole(ann, ACME, BOB, role),
});

const renameBob = (firstName: string): Operation => ({
  name: `rename bob to ${firstName}`,
  changesAs: admin,
  ask: (doors) => doors.service.users.update(admin, BOB, { firstName: text(firstName) }),
});

const renameAcme = (displayName: string): Operation => ({
  name: `ann renames acme to ${displayName}`,
  changesAs: ann,
  ask: (doors) => doors.service.organizations.update(ann, ACME, text(displayName)),
});

const changes = {
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
    ask: (doors) => doors.service.memberships.changeRole(bob, ACME, ANN, 'Member'),
  },
  removeBob: {
    name: 'ann removes bob',
    changesAs: ann,
    ask: (doors) => doors.service.memberships.remove(ann, ACME, BOB),
  },
  bobLeaves: {
    name: 'bob leaves',
    changesAs: bob,
    ask: (doors) => doors.service.memberships.remove(bob, ACME, BOB),
  },
  annLeaves: {
    name: 'ann leaves',
    changesAs: ann,
    ask: (doors) => doors.service.memberships.remove(ann, ACME, ANN),
  },
  transferToBob: {
    name: 'ann hands acme over to bob',
    changesAs: ann,
    ask: (doors) => doors.service.organizations.transferOwnership(ann, ACME, BOB),
  },
  transferToAnn: {
    name: 'bob hands acme over to ann',
    changesAs: bob,
    ask: (doors) => doors.service.organizations.transferOwnership(bob, ACME, ANN),
  },
  renameAcme: renameAcme('Ann & Co'),
  bobRenamesAcme: {
    name: 'bob renames acme',
    changesAs: bob,
    ask: (doors) => doors.service.organizations.update(bob, ACME, text('Bob & Co')),
  },
  renameBob: {
    name: 'bob renames himself',
    changesAs: bob,
    ask: (doors) => doors.service.users.update(bob, BOB, { firstName: text('Robert') }),
  },
  suspendBob: {
    name: 'suspend bob',
    changesAs: admin,
    ask: (doors) => doors.service.users.suspend(admin, BOB),
  },
  resumeBob: {
    name: 'resume bob',
    changesAs: admin,
    ask: (doors) => doors.service.users.resume(admin, BOB),
  },
  suspendAcme: {
    name: 'suspend acme',
    changesAs: admin,
    ask: (doors) => doors.service.organizations.suspend(admin, ACME),
  },
  resumeAcme: {
    name: 'resume acme',
    changesAs: admin,
    ask: (doors) => doors.service.organizations.resume(admin, ACME),
  },
  deleteBob: {
    name: 'delete user bob',
    changesAs: admin,
    ask: (doors) => doors.service.users.delete(admin, BOB),
  },
  deleteAcme: {
    name: 'delete acme',
    changesAs: admin,
    ask: (doors) => doors.service.organizations.delete(admin, ACME),
  },
} satisfies Record<string, Operation>;

const look = (...keys: readonly RecordKey[]): Operation => ({
  name: `look at ${keys.map(recordId).join(', ')}`,
  looksAt: keys,
  ask: async ({ reader }) =>
    (await reader.read(keys)).map(({ version, record }) => (record === undefined ? {} : { version, record })),
});

const inWords = ({ username, role, permission }: Omit<Check, 'organization'>) =>
  `${username}${role === undefined ? '' : ` as ${role}`}${permission === undefined ? '' : ` for ${permission}`}`;

const check = (caller: Caller, asked: Omit<Check, 'organization'>): Operation => ({
  name: `${caller.type === 'user' ? caller.username : 'a service'} checks ${inWords(asked)}`,
  ask: async (doors) => (await doors.service.checks.check(caller, [{ organization: ACME, ...asked }]))[0],
});

const checks = (caller: Caller, asked: readonly Omit<Check, 'organization'>[]): Operation => ({
  name: `several checks: ${asked.map(inWords).join(', ')}`,
  each: asked.map((one) => check(caller, one)),
  ask: (doors) =>
    doors.service.checks.check(
      caller,
      asked.map((one) => ({ organization: ACME, ...one })),
    ),
});

const questions = {
  bob: look(BOB_KEY),
  acme: look(ACME_KEY),
  membership: look(BOB_IN_ACME),
  bobAndMembership: look(BOB_KEY, BOB_IN_ACME),
  acmeAndMembership: look(ACME_KEY, BOB_IN_ACME),
  acmeAndOwners: look(ACME_KEY, BOB_KEY, userKey(ANN)),
  isBobIn: check(service, { username: BOB }),
  mayBobRename: check(bob, { username: BOB, permission: 'organization.update' }),
  isBobAnOwner: check(ann, { username: BOB, role: 'Owner' }),
  several: checks(bob, [{ username: BOB, role: 'Admin' }, { username: ANN }, { username: BOB }]),
  getBob: { name: 'get user bob', ask: (doors) => doors.service.users.get(service, BOB) },
  getAcme: { name: 'ann gets acme', ask: (doors) => doors.service.organizations.get(ann, ACME) },
  getMembership: {
    name: 'bob gets his membership',
    ask: (doors) => doors.service.memberships.get(bob, ACME, BOB),
  },
} satisfies Record<string, Operation>;

const aboutMembership = [
  questions.membership,
  questions.isBobIn,
  questions.mayBobRename,
  questions.getMembership,
  questions.several,
];
const aboutAcme = [questions.acme, questions.getAcme, questions.acmeAndMembership, questions.isBobIn];
const aboutBob = [questions.bob, questions.getBob, questions.bobAndMembership, questions.isBobIn];

/** What is about one record alone. */
const FOCUSED: readonly (readonly Operation[])[] = [
  [changes.makeBobAdmin, changes.makeBobMember, questions.membership],
  [changes.addBob, changes.removeBob, questions.membership],
  [...['Rob', 'Bobby', 'Bert', 'Robin'].map(renameBob), questions.bob, questions.bob],
  [...['Rob', 'Bobby'].map(renameBob), changes.suspendBob, changes.resumeBob, questions.bob, questions.bob],
  [changes.deleteBob, changes.createBob, questions.bob],
  [...['Ann & Co', 'A', 'B', 'C'].map(renameAcme), questions.acme, questions.acme],
];
export const FOCUSED_THEMES = FOCUSED.length;

/** What the clients of one world ask for: few things, so that they meet. */
export const THEMES: readonly (readonly Operation[])[] = [
  ...FOCUSED,
  [changes.makeBobAdmin, changes.makeBobMember, ...aboutMembership],
  [changes.renameBob, changes.suspendBob, changes.resumeBob, ...aboutBob],
  [changes.renameAcme, changes.suspendAcme, changes.resumeAcme, ...aboutAcme],
  [changes.addBob, changes.removeBob, questions.membership, questions.isBobIn],
  [changes.addBobAsAdmin, changes.bobLeaves, changes.makeBobMember, ...aboutMembership],
  [changes.deleteBob, changes.createBob, changes.addBob, ...aboutBob],
  [changes.deleteAcme, changes.found, questions.acme],
  [changes.deleteAcme, changes.found, changes.addBob, ...aboutAcme],
  [changes.makeBobOwner, changes.makeBobAdmin, questions.acmeAndOwners, questions.isBobAnOwner],
  [changes.transferToBob, changes.transferToAnn, questions.acmeAndOwners, questions.isBobAnOwner],
  [
    changes.makeBobOwner,
    changes.annLeaves,
    changes.makeAnnMember,
    changes.bobLeaves,
    questions.acmeAndOwners,
  ],
  [
    changes.makeBobOwner,
    changes.deleteBob,
    changes.annLeaves,
    changes.transferToBob,
    questions.acmeAndOwners,
  ],
  [changes.makeBobMember, changes.bobRenamesAcme, renameAcme('A'), changes.makeBobAdmin],
  [changes.makeBobAdmin, changes.makeBobMember, changes.bobRenamesAcme, changes.renameAcme, ...aboutAcme],
  [...Object.values(changes), ...Object.values(questions), ...Object.values(questions)],
];

/** What has happened when a world begins. */
export const BEGINNINGS: readonly Operation[] = [created.ann, created.bob, changes.found, changes.addBob];

/** What is asked when all has ended. */
export const LAST_LOOKS: readonly Operation[] = KEYS.map((key) => look(key));
