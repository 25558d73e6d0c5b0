import { expect } from 'chai';
import { planRemoveMember } from '../../../src/domain/plans/remove-member.ts';
import { ROLES, type Role } from '../../../src/domain/role.ts';
import {
  ACME,
  absent,
  CARA,
  CARA_ACTING,
  context,
  itRefusesInThisOrder,
  NOW,
  namesOf,
  OLIVIA,
  refusal,
  type Sketch,
  scene,
  sceneOfOneself,
  TOM,
  theChange,
  writtenTo,
} from '../builders.ts';

type Situation = Sketch & { readonly ifVersion?: number };
const removeAs = ({ ifVersion, ...sketch }: Situation) => planRemoveMember(scene(sketch), ifVersion, context);

describe('removing a member', () => {
  itRefusesInThisOrder<Situation>(
    (situation) => removeAs({ target: 'Owner', ...situation }),
    [
      { code: 'unauthenticated', because: 'the caller was deleted', situation: { callerIs: 'absent' } },
      { code: 'unauthenticated', because: 'the caller is suspended', situation: { callerIs: 'suspended' } },
      {
        code: 'organization_not_found',
        because: 'there is no such organization',
        situation: { organizationIs: 'absent' },
      },
      { code: 'organization_not_found', because: 'the caller is an outsider', situation: { caller: 'none' } },
      {
        code: 'organization_suspended',
        because: 'the organization is suspended',
        situation: { organizationIs: 'suspended' },
      },
      { code: 'forbidden', because: 'the caller is a mere Member', situation: { caller: 'Member' } },
      { code: 'membership_not_found', because: 'there is no such user', situation: { targetIs: 'absent' } },
      { code: 'membership_not_found', because: 'the user is no member', situation: { target: 'none' } },
      {
        code: 'membership_not_found',
        because: 'the membership is of an earlier user of this name',
        situation: { target: 'of an earlier user' },
      },
      {
        code: 'membership_not_found',
        because: 'the membership is in an earlier organization of this name',
        situation: { target: 'in an earlier organization' },
      },
      { code: 'forbidden', because: 'an Admin removes an Owner', situation: { caller: 'Admin' } },
      { code: 'version_mismatch', because: 'the membership has moved on', situation: { ifVersion: 14 } },
    ],
  );

  const removable: Readonly<Record<Role, readonly Role[]>> = {
    Owner: ['Owner', 'Admin', 'Member'],
    Admin: ['Admin', 'Member'],
    Member: [],
  };
  for (const caller of ROLES) {
    it(`as ${caller} may be done to: ${removable[caller].join(', ') || 'nobody'}`, () => {
      for (const target of ROLES) {
        if (removable[caller].includes(target)) theChange(removeAs({ caller, target }));
        else expect(refusal(() => removeAs({ caller, target }))).to.equal('forbidden');
      }
    });
  }

  it('deletes the membership of a Member; all else that counted is a condition', () => {
    const loaded = scene({ caller: 'Admin' });
    const plan = planRemoveMember(loaded, 15, context);
    const change = theChange(plan);
    expect(namesOf(change)).to.deep.equal({
      writes: ['membership:acme/tom'],
      conditions: ['membership:acme/cara', 'organization:acme', 'user:cara', 'user:tom'],
    });
    expect(writtenTo(change, loaded.membership)).to.equal(undefined);
    expect(plan.result).to.equal(undefined);
  });

  it('who is an Owner changes the organization and the user in the same change', () => {
    const loaded = scene({ target: 'Owner', targetOwns: 1 });
    const change = theChange(planRemoveMember(loaded, undefined, context));
    expect(namesOf(change)).to.deep.equal({
      writes: ['membership:acme/tom', 'organization:acme', 'user:tom'],
      conditions: ['membership:acme/cara', 'user:cara'],
    });
    expect(writtenTo(change, loaded.membership)).to.equal(undefined);
    expect(writtenTo(change, loaded.organization)).to.deep.equal({
      ...loaded.organization.record,
      owners: [OLIVIA, CARA],
      updatedAt: NOW,
    });
    expect(writtenTo(change, loaded.user)?.ownerOf.map(({ id }) => id)).to.deep.equal(['org_other-0']);
  });

  it('who is suspended is possible', () => {
    expect(writtenTo(theChange(removeAs({ targetIs: 'suspended' })), scene().membership)).to.equal(undefined);
  });

  it('is one event, in the streams of the organization and of the user, with the role that ends', () => {
    expect(theChange(removeAs({ target: 'Admin' })).events).to.deep.equal([
      {
        streams: [
          { kind: 'organization', id: 'org_acme' },
          { kind: 'user', id: 'user_tom' },
        ],
        type: 'membership.removed',
        actor: CARA_ACTING,
        subject: { type: 'membership', organizationName: ACME, username: TOM },
        changes: { role: { from: 'Admin' } },
        version: 16,
        at: NOW,
      },
    ]);
  });
});

describe('leaving an organization', () => {
  type Leaving = Parameters<typeof sceneOfOneself>[0] & { readonly ifVersion?: number };
  const leave = ({ ifVersion, ...sketch }: Leaving = {}) =>
    planRemoveMember(sceneOfOneself(sketch), ifVersion, context);

  itRefusesInThisOrder<Leaving>(leave, [
    { code: 'unauthenticated', because: 'one is suspended', situation: { callerIs: 'suspended' } },
    { code: 'organization_not_found', because: 'one is no member', situation: { caller: 'none' } },
    {
      code: 'organization_suspended',
      because: 'the organization is suspended',
      situation: { organizationIs: 'suspended' },
    },
    { code: 'version_mismatch', because: 'the membership has moved on', situation: { ifVersion: 12 } },
    { code: 'last_owner', because: 'one is its only Owner', situation: { otherOwners: [] } },
  ]);

  it('needs no right: every Member and Admin may, and each record is named once', () => {
    for (const caller of ['Member', 'Admin'] as const) {
      const loaded = sceneOfOneself({ caller });
      const change = theChange(planRemoveMember(loaded, 13, context));
      expect(namesOf(change)).to.deep.equal({
        writes: ['membership:acme/cara'],
        conditions: ['organization:acme', 'user:cara'],
      });
      expect(writtenTo(change, loaded.callerMembership)).to.equal(undefined);
    }
  });

  it('is open to an Owner while there is another one', () => {
    const loaded = sceneOfOneself({});
    const change = theChange(planRemoveMember(loaded, undefined, context));
    expect(namesOf(change)).to.deep.equal({
      writes: ['membership:acme/cara', 'organization:acme', 'user:cara'],
      conditions: [],
    });
    expect(writtenTo(change, loaded.organization)?.owners).to.deep.equal([OLIVIA]);
    expect(writtenTo(change, loaded.caller)?.ownerOf).to.deep.equal([]);
  });

  it('is an event about the one who left', () => {
    const [event] = theChange(leave({ caller: 'Member' })).events;
    expect(event?.subject).to.deep.equal({ type: 'membership', organizationName: ACME, username: CARA });
    expect(event?.streams).to.deep.equal([
      { kind: 'organization', id: 'org_acme' },
      { kind: 'user', id: 'user_cara' },
    ]);
    expect(event?.version).to.equal(14);
  });

  it('again, having left, is the refusal of an outsider', () => {
    const loaded = sceneOfOneself({});
    const gone = absent(loaded.membership.key, 14);
    const attempt = () =>
      planRemoveMember({ ...loaded, membership: gone, callerMembership: gone }, undefined, context);
    expect(refusal(attempt)).to.equal('organization_not_found');
  });
});
