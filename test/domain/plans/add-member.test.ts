import { expect } from 'chai';
import { planAddMember } from '../../../src/domain/plans/add-member.ts';
import { ROLES, type Role } from '../../../src/domain/role.ts';
import { ACME, absent, CARA, CARA_ACTOR, context, NOW, OLIVIA, TOM, usernames } from '../builders.ts';
import { errorCode, itFailsInThisOrder } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';
import { recordsFor, recordsForSelf, type Scenario } from '../scenario.ts';
import { callerIsMember, memberFailures, targetOwns25, targetSuspended } from './common-failures.ts';

const recordsForNewcomer = (scenario: Scenario = {}) => recordsFor({ targetRole: 'none', ...scenario });
const add = (scenario: Scenario, role: Role) => planAddMember(recordsForNewcomer(scenario), role, context);

describe('planAddMember', () => {
  itFailsInThisOrder<Scenario>(
    (scenario) => add(scenario, 'Owner'),
    [
      ...memberFailures,
      ...callerIsMember,
      { code: 'forbidden', cause: 'an Admin adds an Owner', scenario: { callerRole: 'Admin' } },
      { code: 'user_not_found', cause: 'the user does not exist', scenario: { targetStatus: 'absent' } },
      ...targetSuspended,
      {
        code: 'membership_already_exists',
        cause: 'the user is a member already',
        scenario: { targetRole: 'Admin' },
      },
      {
        code: 'too_many_owners',
        cause: 'the organization has 100 Owners',
        scenario: { otherOwners: usernames(99) },
      },
      ...targetOwns25,
    ],
  );

  const allowed: Readonly<Record<Role, readonly Role[]>> = {
    Owner: ['Owner', 'Admin', 'Member'],
    Admin: ['Admin', 'Member'],
    Member: [],
  };
  for (const caller of ROLES) {
    it(`lets the ${caller} add the roles: ${allowed[caller].join(', ') || 'none'}`, () => {
      for (const role of ROLES) {
        if (allowed[caller].includes(role))
          expect(add({ callerRole: caller }, role).result.record.role).to.equal(role);
        else expect(errorCode(() => add({ callerRole: caller }, role))).to.equal('forbidden');
      }
    });
  }

  it('rejects callers who add themselves, because they are members already', () => {
    const self = (caller: Role, role: Role) =>
      errorCode(() => planAddMember(recordsForSelf({ callerRole: caller }), role, context));
    expect(self('Admin', 'Member')).to.equal('membership_already_exists');
    expect(self('Owner', 'Owner')).to.equal('membership_already_exists');
    expect(self('Admin', 'Owner')).to.equal('forbidden');
    expect(self('Member', 'Admin')).to.equal('forbidden');
  });

  it('writes only the membership of a Member or Admin, with the other records as preconditions', () => {
    for (const role of ['Member', 'Admin'] as const) {
      const loaded = recordsForNewcomer({ callerRole: 'Admin' });
      const plan = planAddMember(loaded, role, context);
      const change = requireChange(plan);
      const membership = {
        organizationName: ACME,
        memberUsername: TOM,
        organizationId: 'org_acme',
        userId: 'user_tom',
        role,
        createdAt: NOW,
        updatedAt: NOW,
      };
      expect(recordIds(change)).to.deep.equal({
        writes: ['membership:acme/tom'],
        conditions: ['membership:acme/cara', 'organization:acme', 'user:cara', 'user:tom'],
      });
      expect(writtenRecord(change, loaded.membership)).to.deep.equal(membership);
      expect(plan.result).to.deep.equal({ record: membership, version: 1 });
    }
  });

  it('changes the organization and the user in the same change for an Owner', () => {
    const loaded = recordsForNewcomer();
    const change = requireChange(planAddMember(loaded, 'Owner', context));
    expect(recordIds(change)).to.deep.equal({
      writes: ['membership:acme/tom', 'organization:acme', 'user:tom'],
      conditions: ['membership:acme/cara', 'user:cara'],
    });
    expect(writtenRecord(change, loaded.organization)).to.deep.equal({
      ...loaded.organization.record,
      owners: [OLIVIA, CARA, TOM],
      updatedAt: NOW,
    });
    expect(writtenRecord(change, loaded.user)).to.deep.equal({
      ...loaded.user.record,
      ownerOf: [{ name: ACME, id: 'org_acme' }],
      updatedAt: NOW,
    });
  });

  it('accepts the 100th Owner and the 25th organization of an Owner, and sets no limit for other roles', () => {
    add({ otherOwners: usernames(98), targetOwnedCount: 24 }, 'Owner');
    add({ otherOwners: usernames(100), targetOwnedCount: 25 }, 'Admin');
    add({ targetOwnedCount: 25, targetDeletedCount: 1 }, 'Owner');
  });

  for (const invalid of ['of an earlier user', 'in an earlier organization'] as const) {
    it(`replaces a membership ${invalid} of that name, continuing its version only`, () => {
      const loaded = recordsForNewcomer({ targetRole: invalid });
      const plan = planAddMember(loaded, 'Member', context);
      expect(writtenRecord(requireChange(plan), loaded.membership)).to.include({
        organizationId: 'org_acme',
        userId: 'user_tom',
        role: 'Member',
        createdAt: NOW,
      });
      expect(plan.result.version).to.equal(16);
      expect(requireChange(plan).events[0]?.changes).to.deep.equal({ role: { to: 'Member' } });
    });
  }

  it('continues the version of the tombstone after a removal', () => {
    const loaded = { ...recordsForNewcomer(), membership: absent(recordsForNewcomer().membership.key, 7) };
    const plan = planAddMember(loaded, 'Admin', context);
    expect(writtenRecord(requireChange(plan), loaded.membership)).to.include({ role: 'Admin' });
    expect(plan.result.version).to.equal(8);
    expect(requireChange(plan).events[0]?.version).to.equal(8);
  });

  it('records one event of the organization and of the user, with the role and no names', () => {
    for (const role of ROLES) {
      expect(requireChange(add({}, role)).events).to.deep.equal([
        {
          streams: [
            { kind: 'organization', id: 'org_acme' },
            { kind: 'user', id: 'user_tom' },
          ],
          type: 'membership.added',
          actor: CARA_ACTOR,
          subject: { type: 'membership', organizationName: ACME, username: TOM },
          changes: { role: { to: role } },
          version: 1,
          at: NOW,
        },
      ]);
    }
  });
});
