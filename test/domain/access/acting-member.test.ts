import { expect } from 'chai';
import {
  type OrganizationContext,
  requireMember as requireMemberBy,
  requireMemberForWrite as requireMemberForWriteBy,
  requirePermission,
} from '../../../src/domain/access/acting-member.ts';
import { CARA, context, service } from '../builders.ts';
import { errorCode, itFailsInThisOrder } from '../failures.ts';
import { recordsFor, type Scenario } from '../scenario.ts';

const { caller: cara } = context;
const requireMember = (loaded: OrganizationContext) => requireMemberBy(loaded, cara, 'read');
const requireMemberForWrite = (loaded: OrganizationContext) => requireMemberForWriteBy(loaded, cara);

describe('requireMember', () => {
  const outsiders: readonly Scenario[] = [
    { callerRole: 'none' },
    { callerRole: 'of an earlier user' },
    { callerRole: 'in an earlier organization' },
    { organizationStatus: 'absent' },
  ];

  it('returns the records of every member', () => {
    for (const caller of ['Owner', 'Admin', 'Member'] as const) {
      const loaded = recordsFor({ callerRole: caller });
      expect(requireMember(loaded)).to.deep.equal({
        user: loaded.caller.record,
        organization: loaded.organization.record,
        membership: loaded.callerMembership.record,
      });
      expect(requireMemberForWrite(loaded)).to.deep.equal(requireMember(loaded));
    }
  });

  it('accepts members of a suspended organization for reads, but not for writes', () => {
    const loaded = recordsFor({ organizationStatus: 'suspended' });
    expect(requireMember(loaded).organization.status).to.equal('suspended');
    expect(errorCode(() => requireMemberForWrite(loaded))).to.equal('organization_suspended');
  });

  it('throws the same error to every outsider, whether the organization is active, suspended or missing', () => {
    const messages = new Set<string>();
    for (const outsider of [...outsiders, { callerRole: 'none', organizationStatus: 'suspended' } as const]) {
      for (const check of [requireMember, requireMemberForWrite]) {
        expect(errorCode(() => check(recordsFor(outsider)))).to.equal('organization_not_found');
        try {
          check(recordsFor(outsider));
        } catch (error) {
          messages.add(String(error));
        }
      }
    }
    expect([...messages]).to.have.length(1);
  });

  it('treats a service like the user it acts for', () => {
    for (const caller of ['Owner', 'Admin', 'Member'] as const) {
      const loaded = recordsFor({ callerRole: caller });
      expect(requireMemberForWriteBy(loaded, service(['write'], CARA))).to.deep.equal(requireMember(loaded));
    }
    const asOutsider = () =>
      requireMemberBy(recordsFor({ callerRole: 'none' }), service(['admin'], CARA), 'read');
    expect(errorCode(asOutsider)).to.equal('organization_not_found');
  });

  it('requires of a service the scope read for reads and write for writes', () => {
    const loaded = recordsFor();
    requireMemberBy(loaded, service(['read'], CARA), 'read');
    expect(errorCode(() => requireMemberForWriteBy(loaded, service(['read'], CARA)))).to.equal('forbidden');
  });

  itFailsInThisOrder<Scenario>(
    (scenario) => requireMemberForWrite(recordsFor(scenario)),
    [
      { code: 'unauthenticated', cause: 'the caller is suspended', scenario: { callerStatus: 'suspended' } },
      {
        code: 'organization_not_found',
        cause: 'the caller is an outsider',
        scenario: { callerRole: 'none' },
      },
      {
        code: 'organization_suspended',
        cause: 'the organization is suspended',
        scenario: { organizationStatus: 'suspended' },
      },
    ],
  );
});

describe('requirePermission', () => {
  it('accepts a permission of the role', () => {
    requirePermission(requireMember(recordsFor({ callerRole: 'Admin' })), 'members.add');
  });

  it('forbids any other permission and names it, the member, the role and the organization', () => {
    expect(() =>
      requirePermission(requireMember(recordsFor({ callerRole: 'Admin' })), 'owners.manage'),
    ).to.throw('This requires the permission owners.manage, which "cara" does not have as Admin of "acme".');
    expect(
      errorCode(() => requirePermission(requireMember(recordsFor({ callerRole: 'Member' })), 'members.add')),
    ).to.equal('forbidden');
  });
});
