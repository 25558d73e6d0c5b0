import { expect } from 'chai';
import type { OrganizationContext } from '../../src/domain/access/acting-member.ts';
import type { AccountStatus } from '../../src/domain/account-status.ts';
import type { Caller, Scope } from '../../src/domain/caller.ts';
import { type Change, isAsExpected } from '../../src/domain/change.ts';
import { DomainError } from '../../src/domain/domain-error.ts';
import type { Membership } from '../../src/domain/membership.ts';
import { parseDisplayText, parseSlug, parseUsername, type Username } from '../../src/domain/names.ts';
import type { Organization } from '../../src/domain/organization.ts';
import type { ChangeContext } from '../../src/domain/plans/change-context.ts';
import type { TransferContext } from '../../src/domain/plans/transfer-ownership.ts';
import {
  type Loaded,
  membershipKey,
  organizationKey,
  type RecordKey,
  recordId,
  userKey,
} from '../../src/domain/records.ts';
import type { Role } from '../../src/domain/role.ts';
import type { User } from '../../src/domain/user.ts';

/** When the records of a scene were last written, and when the plans of a test are made. */
const BEFORE = '2026-01-01T00:00:00.000Z';
export const NOW = '2026-06-01T12:30:00.000Z';

export const ACME = parseSlug('acme');
export const CARA = parseUsername('cara');
export const TOM = parseUsername('tom');
export const OLIVIA = parseUsername('olivia');

export const context: ChangeContext = { caller: { type: 'user', username: CARA }, at: NOW };
/** How "cara" stands in the events of her changes. */
export const CARA_ACTING = { type: 'user', name: 'cara' } as const;

/** The service "billing" with these scopes, in its own name or on behalf of somebody. */
export function service(scopes: readonly Scope[], onBehalfOf?: Username): Caller {
  return { type: 'service', name: 'billing', scopes, onBehalfOf };
}

/** What is changed by a service in its own name. */
export const byAdminService: ChangeContext = { caller: service(['admin']), at: NOW };
export const BILLING_ACTING = { type: 'service', name: 'billing' } as const;

/** The same as it is known where a service asks in its own name: nobody stands behind it. */
export function withNobodyBehind<K extends OrganizationContext>(
  loaded: K,
): Omit<K, 'caller' | 'callerMembership'> & { caller: undefined; callerMembership: undefined } {
  return { ...loaded, caller: undefined, callerMembership: undefined };
}

export function userNamed(username: Username, but: Partial<User> = {}): User {
  return {
    id: `user_${username}`,
    username,
    firstName: parseDisplayText('Given'),
    lastName: parseDisplayText('Family'),
    status: 'active',
    ownerOf: [],
    createdAt: BEFORE,
    updatedAt: BEFORE,
    ...but,
  };
}

export function organizationAcme(but: Partial<Organization> = {}): Organization {
  return {
    id: 'org_acme',
    organizationName: ACME,
    displayName: parseDisplayText('Acme'),
    foundingUser: OLIVIA,
    status: 'active',
    owners: [OLIVIA],
    createdAt: BEFORE,
    updatedAt: BEFORE,
    ...but,
  };
}

export function membershipOf(user: User, organization: Organization, role: Role): Membership {
  return {
    organizationName: organization.organizationName,
    memberUsername: user.username,
    organizationId: organization.id,
    userId: user.id,
    role,
    createdAt: BEFORE,
    updatedAt: BEFORE,
  };
}

/** Never existed (version 0), or deleted (the version of its tombstone). */
export function absent<Key extends RecordKey>(key: Key, version = 0): Loaded<Key> {
  return { key, version, record: undefined };
}

type Life = AccountStatus | 'absent';
/** A role that counts, none, or the Owner's role of somebody else who had the name before. */
type Place = Role | 'none' | 'of an earlier user' | 'in an earlier organization';

/** "cara" asks for something about "tom" in "acme", which "olivia" owns as well. */
export interface Sketch {
  readonly caller?: Place;
  readonly callerIs?: Life;
  readonly organizationIs?: Life;
  readonly target?: Place;
  readonly targetIs?: Life;
  /** Owners besides the caller and the target. */
  readonly otherOwners?: readonly Username[];
  /** How many organizations the target (the caller) owns besides this one. */
  readonly targetOwns?: number;
  readonly callerOwns?: number;
  /** How many of those that the target owns are gone by now. */
  readonly targetsGone?: number;
}

/** What is known when "cara" asks: versions 11 to 15 where a record is there, 0 where it is not. */
export function scene({
  caller = 'Owner',
  callerIs = 'active',
  organizationIs = 'active',
  target = 'Member',
  targetIs = 'active',
  otherOwners = [OLIVIA],
  targetOwns = 0,
  callerOwns = 0,
  targetsGone = 0,
}: Sketch = {}): TransferContext {
  const owners = [
    ...otherOwners,
    ...(caller === 'Owner' ? [CARA] : []),
    ...(target === 'Owner' ? [TOM] : []),
  ];
  const organization = organizationAcme({ owners, status: statusOf(organizationIs) });
  const cara = userNamed(CARA, { status: statusOf(callerIs), ownerOf: owned(caller, callerOwns) });
  const tom = userNamed(TOM, { status: statusOf(targetIs), ownerOf: owned(target, targetOwns) });
  return {
    caller: loaded(userKey(CARA), 11, callerIs === 'absent' ? undefined : cara),
    organization: loaded(organizationKey(ACME), 12, organizationIs === 'absent' ? undefined : organization),
    callerMembership: loaded(membershipKey(ACME, CARA), 13, placed(caller, cara, organization)),
    user: loaded(userKey(TOM), 14, targetIs === 'absent' ? undefined : tom),
    membership: loaded(membershipKey(ACME, TOM), 15, placed(target, tom, organization)),
    ownedOrganizations: listedBy(tom, targetsGone),
  };
}

/** A scene in which "cara" asks for something about herself. */
export function sceneOfOneself(
  sketch: Omit<Sketch, 'target' | 'targetIs' | 'targetOwns' | 'targetsGone'>,
): TransferContext {
  const all = scene({ ...sketch, target: 'none' });
  return { ...all, user: all.caller, membership: all.callerMembership };
}

/** The loaded organizations that a user owns: all live, except the first few. */
export function listedBy({ ownerOf, username }: User, gone = 0): TransferContext['ownedOrganizations'] {
  return ownerOf.map(({ name, id }, i) => {
    const record = organizationAcme({ id, organizationName: name, owners: [username, OLIVIA] });
    return i < gone ? absent(organizationKey(name), 22) : loaded(organizationKey(name), 21, record);
  });
}

export function usernames(count: number): Username[] {
  return Array.from({ length: count }, (_, i) => parseUsername(`other-${i}`));
}

/** The code of the refusal that an attempt ends in. */
export function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return expect.fail('it was not refused');
}

/** One way to be refused: the code, the reason in words, and the situation that is different from a good one. */
export interface Fault<Situation> {
  readonly code: string;
  readonly because: string;
  readonly situation: Situation;
}

/** Every fault is refused with its code, on its own and together with any or all of those after it. */
export function itRefusesInThisOrder<Situation extends object>(
  attempt: (situation: Situation) => unknown,
  faults: readonly Fault<Situation>[],
): void {
  faults.forEach((first, i) => {
    it(`answers ${first.code} when ${first.because}, whatever is wrong further down this list`, () => {
      expect(
        refusal(() => attempt(first.situation)),
        'alone',
      ).to.equal(first.code);
      let all = first.situation;
      for (const { because, situation } of faults.slice(i + 1)) {
        const both = { ...situation, ...first.situation };
        expect(
          refusal(() => attempt(both)),
          `also ${because}`,
        ).to.equal(first.code);
        all = { ...situation, ...all };
        expect(
          refusal(() => attempt(all)),
          `and all down to ${because}`,
        ).to.equal(first.code);
      }
    });
  });
}

/** The change of a plan that must have one, having checked what holds for every change. */
export function theChange({ change }: { readonly change?: Change }): Change {
  if (change === undefined) return expect.fail('nothing is changed');
  const named = [...change.writes, ...change.conditions].map(({ key }) => recordId(key));
  expect(named, 'a change names each key once').to.deep.equal([...new Set(named)]);
  return change;
}

/** What a change writes under a key; fails unless it expects just what was known. */
export function writtenTo<Key extends RecordKey>(change: Change, loaded: Loaded<Key>): Loaded<Key>['record'] {
  const write = change.writes.find(({ key }) => recordId(key) === recordId(loaded.key));
  if (write === undefined) return expect.fail(`nothing is written to ${recordId(loaded.key)}`);
  expect(isAsExpected(write.expected, loaded), `expects ${recordId(loaded.key)} as it was known`).to.equal(
    true,
  );
  return write.record as Loaded<Key>['record'];
}

/** The ids of the records that are written, and of those that are only conditions. */
export function namesOf({ writes, conditions }: Change): { writes: string[]; conditions: string[] } {
  return {
    writes: writes.map(({ key }) => recordId(key)).sort(),
    conditions: conditions.map(({ key }) => recordId(key)).sort(),
  };
}

function loaded<Key extends RecordKey>(
  key: Key,
  version: number,
  record: Loaded<Key>['record'],
): Loaded<Key> {
  return record === undefined ? absent(key) : { key, version, record };
}

function statusOf(life: Life): AccountStatus {
  return life === 'suspended' ? 'suspended' : 'active';
}

function owned(place: Place, others: number): User['ownerOf'] {
  const elsewhere = Array.from({ length: others }, (_, i) => ({
    name: parseSlug(`other-${i}`),
    id: `org_other-${i}`,
  }));
  return place === 'Owner' ? [...elsewhere, { name: ACME, id: 'org_acme' }] : elsewhere;
}

function placed(place: Place, user: User, organization: Organization): Membership | undefined {
  switch (place) {
    case 'none':
      return undefined;
    case 'of an earlier user':
      return { ...membershipOf(user, organization, 'Owner'), userId: 'user_earlier' };
    case 'in an earlier organization':
      return { ...membershipOf(user, organization, 'Owner'), organizationId: 'org_earlier' };
    default:
      return membershipOf(user, organization, place);
  }
}
