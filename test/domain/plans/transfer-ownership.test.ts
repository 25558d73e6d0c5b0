import { expect } from 'chai';
import { planTransferOwnership } from '../../../src/domain/plans/transfer-ownership.ts';
import { ACME, CARA, CARA_ACTOR, context, NOW, OLIVIA, service, TOM, usernames } from '../builders.ts';
import { errorCode, itFailsInThisOrder } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';
import { recordsFor, recordsForSelf, type Scenario } from '../scenario.ts';
import {
  callerIsAdmin,
  callerIsMember,
  memberFailures,
  targetFailures,
  targetOwns25,
  targetSuspended,
} from './common-failures.ts';

const transfer = (scenario: Scenario = {}) => planTransferOwnership(recordsFor(scenario), context);

describe('planTransferOwnership', () => {
  itFailsInThisOrder<Scenario>(transfer, [
    ...memberFailures,
    ...callerIsAdmin,
    ...callerIsMember,
    ...targetFailures,
    {
      code: 'membership_already_exists',
      cause: 'the user is an Owner already',
      scenario: { targetRole: 'Owner' },
    },
    ...targetSuspended,
    ...targetOwns25,
  ]);

  it('rejects the caller as the new Owner', () => {
    const attempt = () => planTransferOwnership(recordsForSelf({}), context);
    expect(errorCode(attempt)).to.equal('membership_already_exists');
    expect(attempt).to.throw('"cara" is already an Owner of the organization "acme".');
  });

  it('changes both memberships, both users and the organization in one change', () => {
    for (const target of ['Member', 'Admin'] as const) {
      const loaded = recordsFor({ targetRole: target, callerOwnedCount: 1, targetOwnedCount: 1 });
      const plan = planTransferOwnership(loaded, context);
      const change = requireChange(plan);
      expect(recordIds(change)).to.deep.equal({
        writes: ['membership:acme/cara', 'membership:acme/tom', 'organization:acme', 'user:cara', 'user:tom'],
        conditions: [],
      });
      const { callerMembership, membership, caller, user, organization } = loaded;
      expect(writtenRecord(change, membership)).to.deep.equal({
        ...membership.record,
        role: 'Owner',
        updatedAt: NOW,
      });
      expect(writtenRecord(change, callerMembership)).to.deep.equal({
        ...callerMembership.record,
        role: 'Admin',
        updatedAt: NOW,
      });
      const other = user.record?.ownerOf[0];
      expect(writtenRecord(change, user)).to.deep.equal({
        ...user.record,
        ownerOf: [other, { name: ACME, id: 'org_acme' }],
        updatedAt: NOW,
      });
      expect(writtenRecord(change, caller)).to.deep.equal({
        ...caller.record,
        ownerOf: [other],
        updatedAt: NOW,
      });
      const record = { ...organization.record, owners: [OLIVIA, TOM], updatedAt: NOW };
      expect(writtenRecord(change, organization)).to.deep.equal(record);
      expect(plan.result).to.deep.equal({ record, version: 13 });
      expect(change.at).to.equal(NOW);
    }
  });

  it('accepts the only Owner, and an Owner of an organization with 100', () => {
    const alone = recordsFor({ otherOwners: [] });
    expect(
      writtenRecord(requireChange(planTransferOwnership(alone, context)), alone.organization)?.owners,
    ).to.deep.equal([TOM]);
    const many = recordsFor({ otherOwners: usernames(99) });
    const { owners } =
      writtenRecord(requireChange(planTransferOwnership(many, context)), many.organization) ?? {};
    expect(owners).to.have.length(100);
    expect(owners).to.include(TOM).and.not.include(CARA);
  });

  it('accepts a member who owned 25 organizations of which one was deleted', () => {
    const loaded = recordsFor({ targetOwnedCount: 25, targetDeletedCount: 1 });
    const owned = writtenRecord(requireChange(planTransferOwnership(loaded, context)), loaded.user)?.ownerOf;
    expect(owned).to.deep.equal([
      ...(loaded.user.record?.ownerOf.slice(1) ?? []),
      { name: ACME, id: 'org_acme' },
    ]);
  });

  it('records one event of the organization and of both users', () => {
    expect(requireChange(transfer()).events).to.deep.equal([
      {
        streams: [
          { kind: 'organization', id: 'org_acme' },
          { kind: 'user', id: 'user_cara' },
          { kind: 'user', id: 'user_tom' },
        ],
        type: 'ownership.transferred',
        actor: CARA_ACTOR,
        subject: { type: 'organization', organizationName: ACME, id: 'org_acme' },
        changes: { owner: { from: CARA, to: TOM } },
        version: 13,
        at: NOW,
      },
    ]);
  });

  it('lets a service transfer the ownership of the user it acts for', () => {
    const byService = { caller: service(['write'], CARA), at: NOW };
    const change = requireChange(planTransferOwnership(recordsFor(), byService));
    expect(change.events[0]).to.deep.include({
      actor: { type: 'service', name: 'billing', onBehalfOf: CARA },
      changes: { owner: { from: CARA, to: TOM } },
    });
  });
});
