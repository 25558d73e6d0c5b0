import { expect } from 'chai';
import { parseDisplayText } from '../../../src/domain/names.ts';
import { planCreateOrganization } from '../../../src/domain/plans/create-organization.ts';
import { membershipKey, organizationKey, userKey } from '../../../src/domain/records.ts';
import type { User } from '../../../src/domain/user.ts';
import {
  ACME,
  absent,
  CARA,
  CARA_ACTING,
  context,
  itRefusesInThisOrder,
  listedBy,
  membershipOf,
  NOW,
  namesOf,
  organizationAcme,
  refusal,
  scene,
  theChange,
  userNamed,
  writtenTo,
} from '../builders.ts';

const id = 'org_1';
const cara = userNamed(CARA);
const asGiven = { organizationName: ACME, displayName: parseDisplayText('ACME Inc.') };
const fresh = {
  founder: { key: userKey(CARA), version: 11, record: cara },
  organization: absent(organizationKey(ACME)),
  membership: absent(membershipKey(ACME, CARA)),
  ownedOrganizations: [],
};
type Known3 = Parameters<typeof planCreateOrganization>[0];

function found(loaded: Partial<Known3> = {}) {
  return planCreateOrganization({ ...fresh, ...loaded }, asGiven, id, context);
}

function foundBy(founder: Partial<User>, loaded: Partial<Known3> = {}) {
  const record = userNamed(CARA, founder);
  return found({ founder: { ...fresh.founder, record }, ownedOrganizations: listedBy(record), ...loaded });
}

const taken = { key: organizationKey(ACME), version: 2, record: organizationAcme() };
const ownerOf = (count: number) => scene({ caller: 'none', callerOwns: count }).caller.record?.ownerOf ?? [];

describe('founding an organization', () => {
  itRefusesInThisOrder<{ founder?: Partial<User>; gone?: boolean; loaded?: Partial<Known3> }>(
    ({ founder = {}, gone = false, loaded = {} }) =>
      gone ? found({ ...loaded, founder: absent(userKey(CARA), 4) }) : foundBy(founder, loaded),
    [
      { code: 'unauthenticated', because: 'the founder was deleted', situation: { gone: true } },
      {
        code: 'unauthenticated',
        because: 'the founder is suspended',
        situation: { founder: { status: 'suspended' } },
      },
      {
        code: 'organization_already_exists',
        because: 'the name is taken',
        situation: { loaded: { organization: taken } },
      },
      {
        code: 'too_many_organizations',
        because: 'the founder owns 25 organizations',
        situation: { founder: { ownerOf: ownerOf(25) } },
      },
    ],
  );

  it('is refused as taken also where the other organization is suspended', () => {
    const record = organizationAcme({ status: 'suspended' });
    expect(refusal(() => found({ organization: { ...taken, record } }))).to.equal(
      'organization_already_exists',
    );
  });

  it('makes the founder its Owner in the same change, on all three records', () => {
    const plan = found();
    const change = theChange(plan);
    const organization = {
      id,
      ...asGiven,
      foundingUser: CARA,
      status: 'active',
      owners: [CARA],
      createdAt: NOW,
      updatedAt: NOW,
    } as const;
    expect(namesOf(change)).to.deep.equal({
      writes: ['membership:acme/cara', 'organization:acme', 'user:cara'],
      conditions: [],
    });
    expect(writtenTo(change, fresh.organization)).to.deep.equal(organization);
    expect(writtenTo(change, fresh.membership)).to.deep.equal({
      organizationName: ACME,
      memberUsername: CARA,
      organizationId: id,
      userId: cara.id,
      role: 'Owner',
      createdAt: NOW,
      updatedAt: NOW,
    });
    expect(writtenTo(change, fresh.founder)).to.deep.equal({
      ...cara,
      ownerOf: [{ name: ACME, id }],
      updatedAt: NOW,
    });
    expect(change.at).to.equal(NOW);
    expect(plan.result).to.deep.equal({ record: organization, version: 1 });
  });

  it('may be done up to the twenty-fifth time', () => {
    const change = theChange(foundBy({ ownerOf: ownerOf(24) }));
    expect(writtenTo(change, fresh.founder)?.ownerOf).to.have.length(25);
  });

  it('may be done once more by who owned 25, of which one is gone', () => {
    const record = userNamed(CARA, { ownerOf: ownerOf(25) });
    const change = theChange(foundBy({ ownerOf: ownerOf(25) }, { ownedOrganizations: listedBy(record, 1) }));
    const names = writtenTo(change, fresh.founder)?.ownerOf.map(({ name }) => name);
    expect(names).to.deep.equal([
      ...ownerOf(25)
        .slice(1)
        .map(({ name }) => name),
      ACME,
    ]);
    expect(namesOf(change).conditions, 'what is gone stays gone').to.deep.equal([]);
  });

  it('takes a name that was given up, counting on from its tombstone', () => {
    const loaded = { organization: absent(organizationKey(ACME), 7) };
    const plan = found(loaded);
    expect(writtenTo(theChange(plan), loaded.organization)).to.include({ id });
    expect(plan.result.version).to.equal(8);
    expect(theChange(plan).events[0]?.version).to.equal(8);
  });

  it("replaces the founder's membership in an earlier organization of this name", () => {
    const record = membershipOf(cara, organizationAcme({ id: 'org_earlier' }), 'Member');
    const loaded = { membership: { ...fresh.membership, version: 5, record } };
    expect(writtenTo(theChange(found(loaded)), loaded.membership)).to.include({
      organizationId: id,
      role: 'Owner',
      createdAt: NOW,
    });
  });

  it('is one event, in the streams of the organization and of its founder', () => {
    const { events } = theChange(found());
    expect(events).to.have.length(1);
    const [event] = events;
    expect(event).to.deep.include({
      streams: [
        { kind: 'organization', id },
        { kind: 'user', id: cara.id },
      ],
      type: 'organization.created',
      actor: CARA_ACTING,
      subject: { type: 'organization', organizationName: ACME, id },
      version: 1,
      at: NOW,
    });
    expect(Object.keys(event?.changes ?? {}).sort()).to.deep.equal(['displayName', 'founder']);
    expect(JSON.stringify(events)).to.not.match(/Given|Family/);
  });
});
