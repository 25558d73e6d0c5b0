import { expect } from 'chai';
import { effectiveMembership, evaluateCheck } from '../../src/domain/checks.ts';
import { grants, PERMISSIONS, type Permission } from '../../src/domain/permissions.ts';
import { ROLES, type Role } from '../../src/domain/role.ts';
import {
  CARA,
  context,
  refusal,
  type Sketch,
  scene,
  sceneOfOneself,
  service,
  withNobodyBehind,
} from './builders.ts';

const { caller: cara } = context;
const reader = service(['read']);
interface Asked {
  readonly role?: Role;
  readonly permission?: Permission;
}

const byService = (sketch: Sketch, asked: Asked = {}) =>
  evaluateCheck(withNobodyBehind(scene(sketch)), asked, reader);
const reasonOf = (result: ReturnType<typeof evaluateCheck>) => (result.allowed ? 'allowed' : result.reason);

describe('a check', () => {
  it('without role or permission is passed by any membership, and tells its role and version', () => {
    for (const target of ROLES) {
      expect(byService({ target })).to.deep.equal({ allowed: true, role: target, version: 15 });
    }
  });

  it('of a role is passed by that role and the more powerful ones', () => {
    ROLES.forEach((target, i) => {
      ROLES.forEach((role, j) => {
        const result = byService({ target }, { role });
        expect(result).to.include({ role: target, version: 15 });
        expect(reasonOf(result)).to.equal(i <= j ? 'allowed' : 'role_too_low');
      });
    });
  });

  it('of a permission is passed by the roles that have it', () => {
    for (const target of ROLES) {
      for (const permission of PERMISSIONS) {
        const result = byService({ target }, { permission });
        expect(result).to.include({ role: target, version: 15 });
        expect(reasonOf(result)).to.equal(grants(target, permission) ? 'allowed' : 'permission_missing');
      }
    }
  });

  it('of both is passed where both hold, and tells first of the role', () => {
    const asked = { role: 'Admin', permission: 'organization.delete' } as const;
    expect(reasonOf(byService({ target: 'Member' }, asked))).to.equal('role_too_low');
    expect(reasonOf(byService({ target: 'Admin' }, asked))).to.equal('permission_missing');
    expect(reasonOf(byService({ target: 'Owner' }, asked))).to.equal('allowed');
  });

  /** Each reason with what brings it about; the first that holds is the answer. */
  const inOrder: readonly (readonly [string, Sketch])[] = [
    ['organization_not_found', { organizationIs: 'absent' }],
    ['user_not_found', { targetIs: 'absent' }],
    ['not_member', { target: 'none' }],
    ['not_member', { target: 'of an earlier user' }],
    ['not_member', { target: 'in an earlier organization' }],
    ['organization_suspended', { organizationIs: 'suspended' }],
    ['user_suspended', { targetIs: 'suspended' }],
  ];
  const asked = { role: 'Owner', permission: 'owners.manage' } as const;
  inOrder.forEach(([reason, sketch], i) => {
    it(`fails with ${reason} on ${JSON.stringify(sketch)}, whatever else is wrong further down, and tells no role`, () => {
      let all: Sketch = { target: 'Member' };
      for (const [, further] of inOrder.slice(i).toReversed()) {
        all = { ...all, ...further, ...sketch };
        expect(byService(all, asked)).to.deep.equal({ allowed: false, reason });
      }
    });
  });

  it('by an outsider about others is not visible, whatever the truth is', () => {
    const truths: readonly Sketch[] = [
      { target: 'Owner' },
      { target: 'none' },
      { targetIs: 'absent' },
      { targetIs: 'suspended' },
      { organizationIs: 'suspended' },
      { organizationIs: 'absent' },
    ];
    for (const truth of truths) {
      for (const caller of [cara, service(['admin'], CARA)]) {
        const result = evaluateCheck(scene({ ...truth, caller: 'none' }), {}, caller);
        expect(result).to.deep.equal({ allowed: false, reason: 'not_visible' });
      }
    }
  });

  it('about oneself gets the true reason', () => {
    const about = (sketch: Parameters<typeof sceneOfOneself>[0]) =>
      reasonOf(evaluateCheck(sceneOfOneself(sketch), { role: 'Admin' }, cara));
    expect(about({ caller: 'none' })).to.equal('not_member');
    expect(about({ caller: 'none', organizationIs: 'absent' })).to.equal('organization_not_found');
    expect(about({ caller: 'Owner', organizationIs: 'suspended' })).to.equal('organization_suspended');
    expect(about({ caller: 'none', organizationIs: 'suspended' })).to.equal('not_member');
    expect(about({ caller: 'Member' })).to.equal('role_too_low');
    expect(about({ caller: 'Admin' })).to.equal('allowed');
  });

  it('by a member gets the true reason about anybody, while the organization is suspended, too', () => {
    const about = (sketch: Sketch) =>
      reasonOf(evaluateCheck(scene({ caller: 'Member', ...sketch }), {}, cara));
    expect(about({})).to.equal('allowed');
    expect(about({ target: 'none' })).to.equal('not_member');
    expect(about({ targetIs: 'absent' })).to.equal('user_not_found');
    expect(about({ organizationIs: 'suspended' })).to.equal('organization_suspended');
  });

  it('is not answered to callers who are nobody', () => {
    const check = (sketch: Sketch, caller = cara) => refusal(() => evaluateCheck(scene(sketch), {}, caller));
    expect(check({ callerIs: 'suspended' })).to.equal('unauthenticated');
    expect(check({ callerIs: 'absent' })).to.equal('unauthenticated');
    expect(check({ callerIs: 'suspended' }, service(['read'], CARA))).to.equal('user_suspended');
    expect(check({}, { type: 'anonymous' })).to.equal('unauthenticated');
    expect(check({}, service([]))).to.equal('forbidden');
  });
});

describe('the membership in force', () => {
  const read = (sketch: Sketch) => effectiveMembership(withNobodyBehind(scene(sketch)), reader);

  it('is the record with its version', () => {
    expect(read({ target: 'Admin' })).to.deep.equal({
      record: scene({ target: 'Admin' }).membership.record,
      version: 15,
    });
  });

  it('is refused for the reason for which a check fails', () => {
    const reasons: readonly (readonly [string, Sketch])[] = [
      ['organization_not_found', { organizationIs: 'absent' }],
      ['membership_not_found', { targetIs: 'absent' }],
      ['membership_not_found', { target: 'none' }],
      ['membership_suspended', { organizationIs: 'suspended' }],
      ['membership_suspended', { targetIs: 'suspended' }],
    ];
    for (const [code, sketch] of reasons) expect(refusal(() => read(sketch))).to.equal(code);
  });

  it('is of no organization to outsiders, whatever the truth is, unless it is their own', () => {
    for (const target of ['Owner', 'none'] as const) {
      const outside = scene({ caller: 'none', target });
      expect(refusal(() => effectiveMembership(outside, cara))).to.equal('organization_not_found');
    }
    const mine = sceneOfOneself({ caller: 'none' });
    expect(refusal(() => effectiveMembership(mine, cara))).to.equal('membership_not_found');
  });
});
