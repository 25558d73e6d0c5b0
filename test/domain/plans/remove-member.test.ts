import { expect } from 'chai';
import { planRemoveMember } from '../../../src/domain/plans/remove-member.ts';
import { ROLES, type Role } from '../../../src/domain/role.ts';
import { ACME, absent, CARA, CARA_ACTOR, context, NOW, OLIVIA, TOM } from '../builders.ts';
import { errorCode, itFailsInThisOrder } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';
import { recordsFor, recordsForSelf, type SelfScenario, type VersionedScenario } from '../scenario.ts';
import { callerIsMember, memberFailures, targetFailures, versionMismatch } from './common-failures.ts';

const remove = ({ ifVersion, ...scenario }: VersionedScenario) =>
  planRemoveMember(recordsFor(scenario), ifVersion, context);

describe('planRemoveMember', () => {
  itFailsInThisOrder<VersionedScenario>(
    (scenario) => remove({ targetRole: 'Owner', ...scenario }),
    [
      ...memberFailures,
      ...callerIsMember,
      ...targetFailures,
      { code: 'forbidden', cause: 'an Admin removes an Owner', scenario: { callerRole: 'Admin' } },
      ...versionMismatch('membership', 14),
    ],
  );

  const removable: Readonly<Record<Role, readonly Role[]>> = {
    Owner: ['Owner', 'Admin', 'Member'],
    Admin: ['Admin', 'Member'],
    Member: [],
  };
  for (const caller of ROLES) {
    it(`lets the ${caller} remove: ${removable[caller].join(', ') || 'nobody'}`, () => {
      for (const target of ROLES) {
        if (removable[caller].includes(target))
          requireChange(remove({ callerRole: caller, targetRole: target }));
        else
          expect(errorCode(() => remove({ callerRole: caller, targetRole: target }))).to.equal('forbidden');
      }
    });
  }

  it('deletes the membership of a Member, with the other records as preconditions', () => {
    const loaded = recordsFor({ callerRole: 'Admin' });
    const plan = planRemoveMember(loaded, 15, context);
    const change = requireChange(plan);
    expect(recordIds(change)).to.deep.equal({
      writes: ['membership:acme/tom'],
      conditions: ['membership:acme/cara', 'organization:acme', 'user:cara', 'user:tom'],
    });
    expect(writtenRecord(change, loaded.membership)).to.equal(undefined);
    expect(plan.result).to.equal(undefined);
  });

  it('changes the organization and the user in the same change for an Owner', () => {
    const loaded = recordsFor({ targetRole: 'Owner', targetOwnedCount: 1 });
    const change = requireChange(planRemoveMember(loaded, undefined, context));
    expect(recordIds(change)).to.deep.equal({
      writes: ['membership:acme/tom', 'organization:acme', 'user:tom'],
      conditions: ['membership:acme/cara', 'user:cara'],
    });
    expect(writtenRecord(change, loaded.membership)).to.equal(undefined);
    expect(writtenRecord(change, loaded.organization)).to.deep.equal({
      ...loaded.organization.record,
      owners: [OLIVIA, CARA],
      updatedAt: NOW,
    });
    expect(writtenRecord(change, loaded.user)?.ownerOf.map(({ id }) => id)).to.deep.equal(['org_other-0']);
  });

  it('removes a suspended user', () => {
    expect(
      writtenRecord(requireChange(remove({ targetStatus: 'suspended' })), recordsFor().membership),
    ).to.equal(undefined);
  });

  it('records one event of the organization and of the user, with the former role', () => {
    expect(requireChange(remove({ targetRole: 'Admin' })).events).to.deep.equal([
      {
        streams: [
          { kind: 'organization', id: 'org_acme' },
          { kind: 'user', id: 'user_tom' },
        ],
        type: 'membership.removed',
        actor: CARA_ACTOR,
        subject: { type: 'membership', organizationName: ACME, username: TOM },
        changes: { role: { from: 'Admin' } },
        version: 16,
        at: NOW,
      },
    ]);
  });
});

describe('planRemoveMember, by the member', () => {
  const leave = ({ ifVersion, ...scenario }: SelfScenario = {}) =>
    planRemoveMember(recordsForSelf(scenario), ifVersion, context);

  itFailsInThisOrder<SelfScenario>(leave, [
    { code: 'unauthenticated', cause: 'the caller is suspended', scenario: { callerStatus: 'suspended' } },
    { code: 'organization_not_found', cause: 'the caller is not a member', scenario: { callerRole: 'none' } },
    {
      code: 'organization_suspended',
      cause: 'the organization is suspended',
      scenario: { organizationStatus: 'suspended' },
    },
    { code: 'version_mismatch', cause: 'the membership has another version', scenario: { ifVersion: 12 } },
    { code: 'last_owner', cause: 'the caller is the only Owner', scenario: { otherOwners: [] } },
  ]);

  it('requires no permission of a Member or Admin, and has each record once', () => {
    for (const caller of ['Member', 'Admin'] as const) {
      const loaded = recordsForSelf({ callerRole: caller });
      const change = requireChange(planRemoveMember(loaded, 13, context));
      expect(recordIds(change)).to.deep.equal({
        writes: ['membership:acme/cara'],
        conditions: ['organization:acme', 'user:cara'],
      });
      expect(writtenRecord(change, loaded.callerMembership)).to.equal(undefined);
    }
  });

  it('accepts an Owner while there is another one', () => {
    const loaded = recordsForSelf({});
    const change = requireChange(planRemoveMember(loaded, undefined, context));
    expect(recordIds(change)).to.deep.equal({
      writes: ['membership:acme/cara', 'organization:acme', 'user:cara'],
      conditions: [],
    });
    expect(writtenRecord(change, loaded.organization)?.owners).to.deep.equal([OLIVIA]);
    expect(writtenRecord(change, loaded.caller)?.ownerOf).to.deep.equal([]);
  });

  it('records an event about the former member', () => {
    const [event] = requireChange(leave({ callerRole: 'Member' })).events;
    expect(event?.subject).to.deep.equal({ type: 'membership', organizationName: ACME, username: CARA });
    expect(event?.streams).to.deep.equal([
      { kind: 'organization', id: 'org_acme' },
      { kind: 'user', id: 'user_cara' },
    ]);
    expect(event?.version).to.equal(14);
  });

  it('fails as for an outsider if it is repeated', () => {
    const loaded = recordsForSelf({});
    const removed = absent(loaded.membership.key, 14);
    const attempt = () =>
      planRemoveMember({ ...loaded, membership: removed, callerMembership: removed }, undefined, context);
    expect(errorCode(attempt)).to.equal('organization_not_found');
  });
});
