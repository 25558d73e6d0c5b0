import { expect } from 'chai';
import { planTransferOwnership } from '../../../src/domain/plans/transfer-ownership.ts';
import {
  ACME,
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
  service,
  TOM,
  theChange,
  usernames,
  writtenTo,
} from '../builders.ts';

const transfer = (sketch: Sketch = {}) => planTransferOwnership(scene(sketch), context);

describe('transferring ownership', () => {
  itRefusesInThisOrder<Sketch>(transfer, [
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
    { code: 'forbidden', because: 'the caller is an Admin', situation: { caller: 'Admin' } },
    { code: 'forbidden', because: 'the caller is a Member', situation: { caller: 'Member' } },
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
    {
      code: 'membership_already_exists',
      because: 'the member is an Owner already',
      situation: { target: 'Owner' },
    },
    { code: 'user_suspended', because: 'the member is suspended', situation: { targetIs: 'suspended' } },
    {
      code: 'too_many_organizations',
      because: 'the member owns 25 organizations',
      situation: { targetOwns: 25 },
    },
  ]);

  it('to oneself is refused: one is an Owner already', () => {
    const attempt = () => planTransferOwnership(sceneOfOneself({}), context);
    expect(refusal(attempt)).to.equal('membership_already_exists');
    expect(attempt).to.throw('"cara" is already an Owner of the organization "acme".');
  });

  it('changes both memberships, both users and the organization in one change', () => {
    for (const target of ['Member', 'Admin'] as const) {
      const loaded = scene({ target, callerOwns: 1, targetOwns: 1 });
      const plan = planTransferOwnership(loaded, context);
      const change = theChange(plan);
      expect(namesOf(change)).to.deep.equal({
        writes: ['membership:acme/cara', 'membership:acme/tom', 'organization:acme', 'user:cara', 'user:tom'],
        conditions: [],
      });
      const { callerMembership, membership, caller, user, organization } = loaded;
      expect(writtenTo(change, membership)).to.deep.equal({
        ...membership.record,
        role: 'Owner',
        updatedAt: NOW,
      });
      expect(writtenTo(change, callerMembership)).to.deep.equal({
        ...callerMembership.record,
        role: 'Admin',
        updatedAt: NOW,
      });
      const other = user.record?.ownerOf[0];
      expect(writtenTo(change, user)).to.deep.equal({
        ...user.record,
        ownerOf: [other, { name: ACME, id: 'org_acme' }],
        updatedAt: NOW,
      });
      expect(writtenTo(change, caller)).to.deep.equal({ ...caller.record, ownerOf: [other], updatedAt: NOW });
      const record = { ...organization.record, owners: [OLIVIA, TOM], updatedAt: NOW };
      expect(writtenTo(change, organization)).to.deep.equal(record);
      expect(plan.result).to.deep.equal({ record, version: 13 });
      expect(change.at).to.equal(NOW);
    }
  });

  it('is possible for the only Owner, and where there are 100', () => {
    const alone = scene({ otherOwners: [] });
    expect(
      writtenTo(theChange(planTransferOwnership(alone, context)), alone.organization)?.owners,
    ).to.deep.equal([TOM]);
    const many = scene({ otherOwners: usernames(99) });
    const { owners } = writtenTo(theChange(planTransferOwnership(many, context)), many.organization) ?? {};
    expect(owners).to.have.length(100);
    expect(owners).to.include(TOM).and.not.include(CARA);
  });

  it('is possible to a member who owned 25, of which one is gone', () => {
    const loaded = scene({ targetOwns: 25, targetsGone: 1 });
    const owned = writtenTo(theChange(planTransferOwnership(loaded, context)), loaded.user)?.ownerOf;
    expect(owned).to.deep.equal([
      ...(loaded.user.record?.ownerOf.slice(1) ?? []),
      { name: ACME, id: 'org_acme' },
    ]);
  });

  it('is one event of the organization, in its stream and in those of both users', () => {
    expect(theChange(transfer()).events).to.deep.equal([
      {
        streams: [
          { kind: 'organization', id: 'org_acme' },
          { kind: 'user', id: 'user_cara' },
          { kind: 'user', id: 'user_tom' },
        ],
        type: 'ownership.transferred',
        actor: CARA_ACTING,
        subject: { type: 'organization', organizationName: ACME, id: 'org_acme' },
        changes: { owner: { from: CARA, to: TOM } },
        version: 13,
        at: NOW,
      },
    ]);
  });

  it('is done by a service on behalf of the Owner, whose place is taken', () => {
    const byService = { caller: service(['write'], CARA), at: NOW };
    const change = theChange(planTransferOwnership(scene(), byService));
    expect(change.events[0]).to.deep.include({
      actor: { type: 'service', name: 'billing', onBehalfOf: CARA },
      changes: { owner: { from: CARA, to: TOM } },
    });
  });
});
