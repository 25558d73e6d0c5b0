import type { Caller } from '../../../../src/domain/caller.ts';
import type { Check } from '../../../../src/domain/checks.ts';
import { type RecordKey, recordId, userKey } from '../../../../src/domain/records.ts';
import { ACME, ACME_KEY, ANN, ann, BOB, BOB_IN_ACME, BOB_KEY, bob, service } from './fixtures.ts';
import type { Operation } from './operation.ts';

/** Reads records directly, without permission checks. */
export const readRecords = (...keys: readonly RecordKey[]): Operation => ({
  name: `read ${keys.map(recordId).join(', ')}`,
  readKeys: keys,
  invoke: async ({ reader }) =>
    (await reader.read(keys)).map(({ version, record }) => (record === undefined ? {} : { version, record })),
});

const formatCheck = ({ username, role, permission }: Omit<Check, 'organization'>) =>
  `${username}${role === undefined ? '' : ` as ${role}`}${permission === undefined ? '' : ` for ${permission}`}`;

const check = (caller: Caller, query: Omit<Check, 'organization'>): Operation => ({
  name: `${caller.type === 'user' ? caller.username : 'a service'} checks ${formatCheck(query)}`,
  invoke: async (serviceUnderTest) =>
    (await serviceUnderTest.service.checks.check(caller, [{ organization: ACME, ...query }]))[0],
});

const checks = (caller: Caller, queries: readonly Omit<Check, 'organization'>[]): Operation => ({
  name: `several checks: ${queries.map(formatCheck).join(', ')}`,
  batch: queries.map((query) => check(caller, query)),
  invoke: (serviceUnderTest) =>
    serviceUnderTest.service.checks.check(
      caller,
      queries.map((query) => ({ organization: ACME, ...query })),
    ),
});

/** The reads that clients perform. */
export const readOperations = {
  bob: readRecords(BOB_KEY),
  acme: readRecords(ACME_KEY),
  membership: readRecords(BOB_IN_ACME),
  bobAndMembership: readRecords(BOB_KEY, BOB_IN_ACME),
  acmeAndMembership: readRecords(ACME_KEY, BOB_IN_ACME),
  acmeAndOwners: readRecords(ACME_KEY, BOB_KEY, userKey(ANN)),
  isBobIn: check(service, { username: BOB }),
  mayBobRename: check(bob, { username: BOB, permission: 'organization.update' }),
  isBobAnOwner: check(ann, { username: BOB, role: 'Owner' }),
  several: checks(bob, [{ username: BOB, role: 'Admin' }, { username: ANN }, { username: BOB }]),
  getBob: {
    name: 'get user bob',
    invoke: (serviceUnderTest) => serviceUnderTest.service.users.get(service, BOB),
  },
  getAcme: {
    name: 'ann gets acme',
    invoke: (serviceUnderTest) => serviceUnderTest.service.organizations.get(ann, ACME),
  },
  getMembership: {
    name: 'bob gets his membership',
    invoke: (serviceUnderTest) => serviceUnderTest.service.memberships.get(bob, ACME, BOB),
  },
} satisfies Record<string, Operation>;
