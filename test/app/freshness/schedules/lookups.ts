import type { Caller } from '../../../../src/domain/caller.ts';
import type { Check } from '../../../../src/domain/checks.ts';
import { type RecordKey, recordId, userKey } from '../../../../src/domain/records.ts';
import { ACME, ACME_KEY, ANN, ann, BOB, BOB_IN_ACME, BOB_KEY, bob, service } from './fixtures.ts';
import type { Operation } from './operation.ts';

/** The records, past all plans and rights. */
export const look = (...keys: readonly RecordKey[]): Operation => ({
  name: `look at ${keys.map(recordId).join(', ')}`,
  looksAt: keys,
  ask: async ({ reader }) =>
    (await reader.read(keys)).map(({ version, record }) => (record === undefined ? {} : { version, record })),
});

const format = ({ username, role, permission }: Omit<Check, 'organization'>) =>
  `${username}${role === undefined ? '' : ` as ${role}`}${permission === undefined ? '' : ` for ${permission}`}`;

const check = (caller: Caller, asked: Omit<Check, 'organization'>): Operation => ({
  name: `${caller.type === 'user' ? caller.username : 'a service'} checks ${format(asked)}`,
  ask: async (serviceUnderTest) =>
    (await serviceUnderTest.service.checks.check(caller, [{ organization: ACME, ...asked }]))[0],
});

const checks = (caller: Caller, asked: readonly Omit<Check, 'organization'>[]): Operation => ({
  name: `several checks: ${asked.map(format).join(', ')}`,
  each: asked.map((one) => check(caller, one)),
  ask: (serviceUnderTest) =>
    serviceUnderTest.service.checks.check(
      caller,
      asked.map((one) => ({ organization: ACME, ...one })),
    ),
});

/** What the clients ask. */
export const lookups = {
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
  getBob: {
    name: 'get user bob',
    ask: (serviceUnderTest) => serviceUnderTest.service.users.get(service, BOB),
  },
  getAcme: {
    name: 'ann gets acme',
    ask: (serviceUnderTest) => serviceUnderTest.service.organizations.get(ann, ACME),
  },
  getMembership: {
    name: 'bob gets his membership',
    ask: (serviceUnderTest) => serviceUnderTest.service.memberships.get(bob, ACME, BOB),
  },
} satisfies Record<string, Operation>;
