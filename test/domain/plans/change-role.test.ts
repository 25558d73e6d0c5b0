import { expect } from 'chai';
import { planChangeRole } from '../../../src/domain/plans/change-role.ts';
import { ROLES, type Role } from '../../../src/domain/role.ts';
import { ACME, CARA, CARA_ACTOR, context, NOW, OLIVIA, service, TOM, usernames } from '../builders.ts';
import { errorCode, type Failure, itFailsInThisOrder } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';
import { recordsFor, recordsForSelf, type VersionedScenario } from '../scenario.ts';
import {
  callerIsMember,
  memberFailures,
  targetFailures,
  targetOwns25,
  targetSuspended,
  versionMismatch,
} from './common-failures.ts';

const changeRole = ({ ifVersion, ...scenario }: VersionedScenario, role: Role) =>
  planChangeRole(recordsFor(scenario), role, ifVersion, context);

const failures: readonly Failure<VersionedScenario>[] = [
  ...memberFailures,
  ...callerIsMember,
  ...targetFailures,
  { code: 'forbidden', cause: 'an Admin changes an Owner', scenario: { callerRole: 'Admin' } },
  ...versionMismatch('membership', 14),
];

describe('planChangeRole, to Owner', () => {
  itFailsInThisOrder<VersionedScenario>(
    (scenario) => changeRole(scenario, 'Owner'),
    [
      ...failures,
      ...targetSuspended,
      {
        code: 'too_many_owners',
        cause: 'the organization has 100 Owners',
        scenario: { otherOwners: usernames(99) },
      },
      ...targetOwns25,
    ],
  );

  it('accepts the 100th Owner, the 25th organization, and another one for a deleted one', () => {
    changeRole({ otherOwners: usernames(98), targetOwnedCount: 24 }, 'Owner');
    const loaded = recordsFor({ targetOwnedCount: 25, targetDeletedCount: 2 });
    const promoted = requireChange(planChangeRole(loaded, 'Owner', undefined, context));
    expect(writtenRecord(promoted, loaded.user)?.ownerOf).to.have.length(24);
    expect(recordIds(promoted).conditions, 'deleted organizations are no preconditions').to.deep.equal([
      'membership:acme/cara',
      'user:cara',
    ]);
  });

  it('changes the membership, the organization and the user in one change', () => {
    const loaded = recordsFor({ targetRole: 'Admin' });
    const plan = planChangeRole(loaded, 'Owner', undefined, context);
    const promoted = requireChange(plan);
    expect(recordIds(promoted)).to.deep.equal({
      writes: ['membership:acme/tom', 'organization:acme', 'user:tom'],
      conditions: ['membership:acme/cara', 'user:cara'],
    });
    const membership = { ...loaded.membership.record, role: 'Owner', updatedAt: NOW };
    expect(writtenRecord(promoted, loaded.membership)).to.deep.equal(membership);
    expect(writtenRecord(promoted, loaded.organization)?.owners).to.deep.equal([OLIVIA, CARA, TOM]);
    expect(writtenRecord(promoted, loaded.user)?.ownerOf).to.deep.equal([{ name: ACME, id: 'org_acme' }]);
    expect(plan.result).to.deep.equal({ record: membership, version: 16 });
  });
});

describe('planChangeRole, of an Owner', () => {
  itFailsInThisOrder<VersionedScenario>(
    (scenario) => changeRole({ targetRole: 'Owner', ...scenario }, 'Member'),
    failures,
  );

  it('rejects the last Owner, after the check of the version', () => {
    const last = recordsForSelf({ otherOwners: [] });
    for (const role of ['Admin', 'Member'] as const) {
      expect(errorCode(() => planChangeRole(last, role, undefined, context))).to.equal('last_owner');
      expect(errorCode(() => planChangeRole(last, role, 12, context))).to.equal('version_mismatch');
    }
  });

  it('changes the membership, the organization and the user in one change', () => {
    const loaded = recordsFor({ targetRole: 'Owner', targetOwnedCount: 1 });
    const demoted = requireChange(planChangeRole(loaded, 'Admin', undefined, context));
    expect(recordIds(demoted)).to.deep.equal({
      writes: ['membership:acme/tom', 'organization:acme', 'user:tom'],
      conditions: ['membership:acme/cara', 'user:cara'],
    });
    expect(writtenRecord(demoted, loaded.membership)).to.include({
      role: 'Admin',
      createdAt: loaded.user.record?.createdAt,
    });
    expect(writtenRecord(demoted, loaded.organization)?.owners).to.deep.equal([OLIVIA, CARA]);
    expect(writtenRecord(demoted, loaded.user)?.ownerOf.map(({ id }) => id)).to.deep.equal(['org_other-0']);
  });

  it('accepts callers who change themselves while there is another Owner, with each record once', () => {
    const loaded = recordsForSelf({});
    const demoted = requireChange(planChangeRole(loaded, 'Admin', 13, context));
    expect(recordIds(demoted)).to.deep.equal({
      writes: ['membership:acme/cara', 'organization:acme', 'user:cara'],
      conditions: [],
    });
    expect(writtenRecord(demoted, loaded.callerMembership)?.role).to.equal('Admin');
    expect(writtenRecord(demoted, loaded.organization)?.owners).to.deep.equal([OLIVIA]);
    expect(writtenRecord(demoted, loaded.caller)?.ownerOf).to.deep.equal([]);
  });
});

describe('planChangeRole', () => {
  const mayChange: Readonly<Record<Role, (from: Role, to: Role) => boolean>> = {
    Owner: () => true,
    Admin: (from, to) => from !== 'Owner' && to !== 'Owner',
    Member: () => false,
  };
  for (const caller of ROLES) {
    for (const from of ROLES) {
      for (const to of ROLES) {
        const effect = mayChange[caller](from, to)
          ? from === to
            ? 'has no effect'
            : 'is accepted'
          : 'is forbidden';
        it(`by ${caller} from ${from} to ${to} ${effect}`, () => {
          const attempt = () => changeRole({ callerRole: caller, targetRole: from }, to);
          if (effect === 'is forbidden') {
            expect(errorCode(attempt)).to.equal('forbidden');
            return;
          }
          const plan = attempt();
          expect(plan.result.record.role).to.equal(to);
          expect(plan.result.version).to.equal(from === to ? 15 : 16);
          expect(plan.change === undefined).to.equal(from === to);
        });
      }
    }
  }

  it('of a suspended user is accepted, except to Owner', () => {
    const targetIs = 'suspended';
    expect(changeRole({ targetStatus: targetIs }, 'Admin').result.version).to.equal(16);
    expect(changeRole({ targetStatus: targetIs, targetRole: 'Owner' }, 'Member').result.version).to.equal(16);
    expect(changeRole({ targetStatus: targetIs, targetRole: 'Owner' }, 'Owner').change).to.equal(undefined);
  });

  it('on behalf of an Owner has that user and membership as preconditions and names both actors', () => {
    const caller = service(['write'], CARA);
    const changed = requireChange(planChangeRole(recordsFor(), 'Admin', undefined, { caller, at: NOW }));
    expect(recordIds(changed).conditions).to.include.members(['user:cara', 'membership:acme/cara']);
    expect(changed.events[0]?.actor).to.deep.equal({ type: 'service', name: 'billing', onBehalfOf: CARA });
  });

  it('to the same role has no change, no event and no new version, also for the last Owner', () => {
    const loaded = recordsForSelf({ otherOwners: [] });
    expect(planChangeRole(loaded, 'Owner', undefined, context)).to.deep.equal({
      result: { record: loaded.membership.record, version: 13 },
    });
  });

  it('to the same role still checks the required version', () => {
    expect(errorCode(() => changeRole({ ifVersion: 16 }, 'Member'))).to.equal('version_mismatch');
    expect(changeRole({ ifVersion: 15 }, 'Member').result.version).to.equal(15);
  });

  it('checks a required version of 0', () => {
    expect(errorCode(() => changeRole({ ifVersion: 0 }, 'Admin'))).to.equal('version_mismatch');
  });

  it('between Member and Admin writes only the membership, with the other records as preconditions', () => {
    const loaded = recordsFor({ callerRole: 'Admin' });
    const changed = requireChange(planChangeRole(loaded, 'Admin', 15, context));
    expect(recordIds(changed)).to.deep.equal({
      writes: ['membership:acme/tom'],
      conditions: ['membership:acme/cara', 'organization:acme', 'user:cara', 'user:tom'],
    });
    expect(writtenRecord(changed, loaded.membership)).to.deep.equal({
      ...loaded.membership.record,
      role: 'Admin',
      updatedAt: NOW,
    });
  });

  it('lets an Admin become a Member, but not an Owner', () => {
    const self = (role: Role) =>
      planChangeRole(recordsForSelf({ callerRole: 'Admin' }), role, undefined, context);
    const down = requireChange(self('Member'));
    expect(recordIds(down)).to.deep.equal({
      writes: ['membership:acme/cara'],
      conditions: ['organization:acme', 'user:cara'],
    });
    expect(errorCode(() => self('Owner'))).to.equal('forbidden');
  });

  it('records one event of the organization and of the user, with both roles', () => {
    expect(requireChange(changeRole({ targetRole: 'Owner' }, 'Member')).events).to.deep.equal([
      {
        streams: [
          { kind: 'organization', id: 'org_acme' },
          { kind: 'user', id: 'user_tom' },
        ],
        type: 'membership.role_changed',
        actor: CARA_ACTOR,
        subject: { type: 'membership', organizationName: ACME, username: TOM },
        changes: { role: { from: 'Owner', to: 'Member' } },
        version: 16,
        at: NOW,
      },
    ]);
  });
});
