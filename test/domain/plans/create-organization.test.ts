import { expect } from 'chai';
import { parseDisplayText } from '../../../src/domain/names.ts';
import { planCreateOrganization } from '../../../src/domain/plans/create-organization.ts';
import { membershipKey, organizationKey, userKey } from '../../../src/domain/records.ts';
import type { User } from '../../../src/domain/user.ts';
import {
  ACME,
  absent,
  CARA,
  CARA_ACTOR,
  context,
  membershipOf,
  NOW,
  organizationAcme,
  userNamed,
} from '../builders.ts';
import { errorCode, itFailsInThisOrder } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';
import { ownedOrganizationsOf, recordsFor } from '../scenario.ts';

const id = 'org_1';
const cara = userNamed(CARA);
const input = { organizationName: ACME, displayName: parseDisplayText('ACME Inc.') };
const newNames = {
  founder: { key: userKey(CARA), version: 11, record: cara },
  organization: absent(organizationKey(ACME)),
  membership: absent(membershipKey(ACME, CARA)),
  ownedOrganizations: [],
};
type CreationContext = Parameters<typeof planCreateOrganization>[0];

function create(loaded: Partial<CreationContext> = {}) {
  return planCreateOrganization({ ...newNames, ...loaded }, input, id, context);
}

function createBy(creator: Partial<User>, loaded: Partial<CreationContext> = {}) {
  const record = userNamed(CARA, creator);
  return create({
    founder: { ...newNames.founder, record },
    ownedOrganizations: ownedOrganizationsOf(record),
    ...loaded,
  });
}

const taken = { key: organizationKey(ACME), version: 2, record: organizationAcme() };
const ownerOf = (count: number) =>
  recordsFor({ callerRole: 'none', callerOwnedCount: count }).caller.record?.ownerOf ?? [];

describe('planCreateOrganization', () => {
  interface CreationScenario {
    readonly creator?: Partial<User>;
    readonly isDeleted?: boolean;
    readonly loaded?: Partial<CreationContext>;
  }
  itFailsInThisOrder<CreationScenario>(
    ({ creator = {}, isDeleted = false, loaded = {} }) =>
      isDeleted ? create({ ...loaded, founder: absent(userKey(CARA), 4) }) : createBy(creator, loaded),
    [
      { code: 'unauthenticated', cause: 'the caller was deleted', scenario: { isDeleted: true } },
      {
        code: 'unauthenticated',
        cause: 'the caller is suspended',
        scenario: { creator: { status: 'suspended' } },
      },
      {
        code: 'organization_already_exists',
        cause: 'the name is taken',
        scenario: { loaded: { organization: taken } },
      },
      {
        code: 'too_many_organizations',
        cause: 'the caller owns 25 organizations',
        scenario: { creator: { ownerOf: ownerOf(25) } },
      },
    ],
  );

  it('rejects the name of a suspended organization', () => {
    const record = organizationAcme({ status: 'suspended' });
    expect(errorCode(() => create({ organization: { ...taken, record } }))).to.equal(
      'organization_already_exists',
    );
  });

  it('makes the caller the Owner in the same change, in all three records', () => {
    const plan = create();
    const change = requireChange(plan);
    const organization = {
      id,
      ...input,
      foundingUser: CARA,
      status: 'active',
      owners: [CARA],
      createdAt: NOW,
      updatedAt: NOW,
    } as const;
    expect(recordIds(change)).to.deep.equal({
      writes: ['membership:acme/cara', 'organization:acme', 'user:cara'],
      conditions: [],
    });
    expect(writtenRecord(change, newNames.organization)).to.deep.equal(organization);
    expect(writtenRecord(change, newNames.membership)).to.deep.equal({
      organizationName: ACME,
      memberUsername: CARA,
      organizationId: id,
      userId: cara.id,
      role: 'Owner',
      createdAt: NOW,
      updatedAt: NOW,
    });
    expect(writtenRecord(change, newNames.founder)).to.deep.equal({
      ...cara,
      ownerOf: [{ name: ACME, id }],
      updatedAt: NOW,
    });
    expect(change.at).to.equal(NOW);
    expect(plan.result).to.deep.equal({ record: organization, version: 1 });
  });

  it('accepts the 25th organization of the caller', () => {
    const change = requireChange(createBy({ ownerOf: ownerOf(24) }));
    expect(writtenRecord(change, newNames.founder)?.ownerOf).to.have.length(25);
  });

  it('accepts another organization if one of 25 was deleted', () => {
    const record = userNamed(CARA, { ownerOf: ownerOf(25) });
    const change = requireChange(
      createBy({ ownerOf: ownerOf(25) }, { ownedOrganizations: ownedOrganizationsOf(record, 1) }),
    );
    const names = writtenRecord(change, newNames.founder)?.ownerOf.map(({ name }) => name);
    expect(names).to.deep.equal([
      ...ownerOf(25)
        .slice(1)
        .map(({ name }) => name),
      ACME,
    ]);
    expect(recordIds(change).conditions, 'deleted organizations are no preconditions').to.deep.equal([]);
  });

  it('accepts the name of a deleted organization and continues the version of its tombstone', () => {
    const loaded = { organization: absent(organizationKey(ACME), 7) };
    const plan = create(loaded);
    expect(writtenRecord(requireChange(plan), loaded.organization)).to.include({ id });
    expect(plan.result.version).to.equal(8);
    expect(requireChange(plan).events[0]?.version).to.equal(8);
  });

  it("replaces the caller's membership in an earlier organization of that name", () => {
    const record = membershipOf(cara, organizationAcme({ id: 'org_earlier' }), 'Member');
    const loaded = { membership: { ...newNames.membership, version: 5, record } };
    expect(writtenRecord(requireChange(create(loaded)), loaded.membership)).to.include({
      organizationId: id,
      role: 'Owner',
      createdAt: NOW,
    });
  });

  it('records one event of the organization and of the caller', () => {
    const { events } = requireChange(create());
    expect(events).to.have.length(1);
    const [event] = events;
    expect(event).to.deep.include({
      streams: [
        { kind: 'organization', id },
        { kind: 'user', id: cara.id },
      ],
      type: 'organization.created',
      actor: CARA_ACTOR,
      subject: { type: 'organization', organizationName: ACME, id },
      version: 1,
      at: NOW,
    });
    expect(Object.keys(event?.changes ?? {}).sort()).to.deep.equal(['displayName', 'founder']);
    expect(JSON.stringify(events)).to.not.match(/Given|Family/);
  });
});
