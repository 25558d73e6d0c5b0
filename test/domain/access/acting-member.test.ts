import { expect } from 'chai';
import {
  type OrganizationContext,
  requireMember as requireMemberBy,
  requireMemberForWrite as requireMemberForWriteBy,
  requirePermission,
} from '../../../src/domain/access/acting-member.ts';
import { CARA, context, itRefusesInThisOrder, refusal, type Sketch, scene, service } from '../builders.ts';

const { caller: cara } = context;
const requireMember = (loaded: OrganizationContext) => requireMemberBy(loaded, cara, 'read');
const requireMemberForWrite = (loaded: OrganizationContext) => requireMemberForWriteBy(loaded, cara);

describe('an organization, to its callers', () => {
  const outsiders: readonly Sketch[] = [
    { caller: 'none' },
    { caller: 'of an earlier user' },
    { caller: 'in an earlier organization' },
    { organizationIs: 'absent' },
  ];

  it('exists for every member, with the records that stand for them', () => {
    for (const caller of ['Owner', 'Admin', 'Member'] as const) {
      const loaded = scene({ caller });
      expect(requireMember(loaded)).to.deep.equal({
        user: loaded.caller.record,
        organization: loaded.organization.record,
        membership: loaded.callerMembership.record,
      });
      expect(requireMemberForWrite(loaded)).to.deep.equal(requireMember(loaded));
    }
  });

  it('exists for its members also while it is suspended, but they can change nothing', () => {
    const loaded = scene({ organizationIs: 'suspended' });
    expect(requireMember(loaded).organization.status).to.equal('suspended');
    expect(refusal(() => requireMemberForWrite(loaded))).to.equal('organization_suspended');
  });

  it('looks the same to every outsider, whether it lives, is suspended, or never was', () => {
    const messages = new Set<string>();
    for (const outsider of [...outsiders, { caller: 'none', organizationIs: 'suspended' } as const]) {
      for (const look of [requireMember, requireMemberForWrite]) {
        expect(refusal(() => look(scene(outsider)))).to.equal('organization_not_found');
        try {
          look(scene(outsider));
        } catch (error) {
          messages.add(String(error));
        }
      }
    }
    expect([...messages]).to.have.length(1);
  });

  it('exists for a service just as for the user whom it acts for', () => {
    for (const caller of ['Owner', 'Admin', 'Member'] as const) {
      const loaded = scene({ caller });
      expect(requireMemberForWriteBy(loaded, service(['write'], CARA))).to.deep.equal(requireMember(loaded));
    }
    const outside = () => requireMemberBy(scene({ caller: 'none' }), service(['admin'], CARA), 'read');
    expect(refusal(outside)).to.equal('organization_not_found');
  });

  it('is read for somebody with the scope read, and changed with the scope write', () => {
    const loaded = scene();
    requireMemberBy(loaded, service(['read'], CARA), 'read');
    expect(refusal(() => requireMemberForWriteBy(loaded, service(['read'], CARA)))).to.equal('forbidden');
  });

  itRefusesInThisOrder<Sketch>(
    (sketch) => requireMemberForWrite(scene(sketch)),
    [
      { code: 'unauthenticated', because: 'the caller is suspended', situation: { callerIs: 'suspended' } },
      { code: 'organization_not_found', because: 'the caller is an outsider', situation: { caller: 'none' } },
      {
        code: 'organization_suspended',
        because: 'the organization is suspended',
        situation: { organizationIs: 'suspended' },
      },
    ],
  );
});

describe('a right', () => {
  it('that the role has is no obstacle', () => {
    requirePermission(requireMember(scene({ caller: 'Admin' })), 'members.add');
  });

  it('that the role lacks is forbidden, and the message says who, what role, where and which right', () => {
    expect(() => requirePermission(requireMember(scene({ caller: 'Admin' })), 'owners.manage')).to.throw(
      'This requires the permission owners.manage, which "cara" does not have as Admin of "acme".',
    );
    expect(
      refusal(() => requirePermission(requireMember(scene({ caller: 'Member' })), 'members.add')),
    ).to.equal('forbidden');
  });
});
