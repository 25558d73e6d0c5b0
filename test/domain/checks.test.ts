import { expect } from 'chai';
import { effectiveMembership, evaluateCheck } from '../../src/domain/checks.ts';
import { grants, PERMISSIONS, type Permission } from '../../src/domain/permissions.ts';
import { ROLES, type Role } from '../../src/domain/role.ts';
import { CARA, context, service, withoutCaller } from './builders.ts';
import { errorCode } from './failures.ts';
import { recordsFor, recordsForSelf, type Scenario } from './scenario.ts';

const { caller: cara } = context;
const reader = service(['read']);
interface Requirements {
  readonly role?: Role;
  readonly permission?: Permission;
}

const byService = (scenario: Scenario, requirements: Requirements = {}) =>
  evaluateCheck(withoutCaller(recordsFor(scenario)), requirements, reader);
const reasonOf = (result: ReturnType<typeof evaluateCheck>) => (result.allowed ? 'allowed' : result.reason);

describe('evaluateCheck', () => {
  it('allows any membership without a role or permission, and returns its role and version', () => {
    for (const target of ROLES) {
      expect(byService({ targetRole: target })).to.deep.equal({ allowed: true, role: target, version: 15 });
    }
  });

  it('allows the required role and more powerful ones', () => {
    ROLES.forEach((target, i) => {
      ROLES.forEach((role, j) => {
        const result = byService({ targetRole: target }, { role });
        expect(result).to.include({ role: target, version: 15 });
        expect(reasonOf(result)).to.equal(i <= j ? 'allowed' : 'role_too_low');
      });
    });
  });

  it('allows the roles that have the required permission', () => {
    for (const target of ROLES) {
      for (const permission of PERMISSIONS) {
        const result = byService({ targetRole: target }, { permission });
        expect(result).to.include({ role: target, version: 15 });
        expect(reasonOf(result)).to.equal(grants(target, permission) ? 'allowed' : 'permission_missing');
      }
    }
  });

  it('requires both role and permission, and reports the role first', () => {
    const requirements = { role: 'Admin', permission: 'organization.delete' } as const;
    expect(reasonOf(byService({ targetRole: 'Member' }, requirements))).to.equal('role_too_low');
    expect(reasonOf(byService({ targetRole: 'Admin' }, requirements))).to.equal('permission_missing');
    expect(reasonOf(byService({ targetRole: 'Owner' }, requirements))).to.equal('allowed');
  });

  /** Each reason with its scenario. The first that applies is returned. */
  const inOrder: readonly (readonly [string, Scenario])[] = [
    ['organization_not_found', { organizationStatus: 'absent' }],
    ['user_not_found', { targetStatus: 'absent' }],
    ['not_member', { targetRole: 'none' }],
    ['not_member', { targetRole: 'of an earlier user' }],
    ['not_member', { targetRole: 'in an earlier organization' }],
    ['organization_suspended', { organizationStatus: 'suspended' }],
    ['user_suspended', { targetStatus: 'suspended' }],
  ];
  const requirements = { role: 'Owner', permission: 'owners.manage' } as const;
  inOrder.forEach(([reason, scenario], i) => {
    it(`returns ${reason} for ${JSON.stringify(scenario)}, before any later reason, without a role`, () => {
      let all: Scenario = { targetRole: 'Member' };
      for (const [, further] of inOrder.slice(i).toReversed()) {
        all = { ...all, ...further, ...scenario };
        expect(byService(all, requirements)).to.deep.equal({ allowed: false, reason });
      }
    });
  });

  it('returns not_visible to an outsider who asks about others, in every scenario', () => {
    const scenarios: readonly Scenario[] = [
      { targetRole: 'Owner' },
      { targetRole: 'none' },
      { targetStatus: 'absent' },
      { targetStatus: 'suspended' },
      { organizationStatus: 'suspended' },
      { organizationStatus: 'absent' },
    ];
    for (const scenario of scenarios) {
      for (const caller of [cara, service(['admin'], CARA)]) {
        const result = evaluateCheck(recordsFor({ ...scenario, callerRole: 'none' }), {}, caller);
        expect(result).to.deep.equal({ allowed: false, reason: 'not_visible' });
      }
    }
  });

  it('returns the reason to users who ask about themselves', () => {
    const about = (scenario: Parameters<typeof recordsForSelf>[0]) =>
      reasonOf(evaluateCheck(recordsForSelf(scenario), { role: 'Admin' }, cara));
    expect(about({ callerRole: 'none' })).to.equal('not_member');
    expect(about({ callerRole: 'none', organizationStatus: 'absent' })).to.equal('organization_not_found');
    expect(about({ callerRole: 'Owner', organizationStatus: 'suspended' })).to.equal(
      'organization_suspended',
    );
    expect(about({ callerRole: 'none', organizationStatus: 'suspended' })).to.equal('not_member');
    expect(about({ callerRole: 'Member' })).to.equal('role_too_low');
    expect(about({ callerRole: 'Admin' })).to.equal('allowed');
  });

  it('returns the reason to members who ask about others, also of a suspended organization', () => {
    const about = (scenario: Scenario) =>
      reasonOf(evaluateCheck(recordsFor({ callerRole: 'Member', ...scenario }), {}, cara));
    expect(about({})).to.equal('allowed');
    expect(about({ targetRole: 'none' })).to.equal('not_member');
    expect(about({ targetStatus: 'absent' })).to.equal('user_not_found');
    expect(about({ organizationStatus: 'suspended' })).to.equal('organization_suspended');
  });

  it('throws for suspended, absent and anonymous callers', () => {
    const check = (scenario: Scenario, caller = cara) =>
      errorCode(() => evaluateCheck(recordsFor(scenario), {}, caller));
    expect(check({ callerStatus: 'suspended' })).to.equal('unauthenticated');
    expect(check({ callerStatus: 'absent' })).to.equal('unauthenticated');
    expect(check({ callerStatus: 'suspended' }, service(['read'], CARA))).to.equal('user_suspended');
    expect(check({}, { type: 'anonymous' })).to.equal('unauthenticated');
    expect(check({}, service([]))).to.equal('forbidden');
  });
});

describe('effectiveMembership', () => {
  const read = (scenario: Scenario) => effectiveMembership(withoutCaller(recordsFor(scenario)), reader);

  it('returns the record with its version', () => {
    expect(read({ targetRole: 'Admin' })).to.deep.equal({
      record: recordsFor({ targetRole: 'Admin' }).membership.record,
      version: 15,
    });
  });

  it('throws for each reason of a failed check', () => {
    const reasons: readonly (readonly [string, Scenario])[] = [
      ['organization_not_found', { organizationStatus: 'absent' }],
      ['membership_not_found', { targetStatus: 'absent' }],
      ['membership_not_found', { targetRole: 'none' }],
      ['membership_suspended', { organizationStatus: 'suspended' }],
      ['membership_suspended', { targetStatus: 'suspended' }],
    ];
    for (const [code, scenario] of reasons) expect(errorCode(() => read(scenario))).to.equal(code);
  });

  it('hides the organization from outsiders, unless they ask about themselves', () => {
    for (const target of ['Owner', 'none'] as const) {
      const outsider = recordsFor({ callerRole: 'none', targetRole: target });
      expect(errorCode(() => effectiveMembership(outsider, cara))).to.equal('organization_not_found');
    }
    const self = recordsForSelf({ callerRole: 'none' });
    expect(errorCode(() => effectiveMembership(self, cara))).to.equal('membership_not_found');
  });
});
