import { expect } from 'chai';
import {
  insider as insiderBy,
  type KnownInside,
  requirePermission,
  writingInsider as writingInsiderBy,
} from '../../../src/domain/access/insider.ts';
import { CARA, context, itRefusesInThisOrder, refusal, type Sketch, scene, service } from '../builders.ts';

const { caller: cara } = context;
const insider = (known: KnownInside) => insiderBy(known, cara, 'read');
const writingInsider = (known: KnownInside) => writingInsiderBy(known, cara);

describe('an organization, to its callers', () => {
  const outsiders: readonly Sketch[] = [
    { caller: 'none' },
    { caller: 'of an earlier user' },
    { caller: 'in an earlier organization' },
    { organizationIs: 'absent' },
  ];

  it('exists for every member, with the records that stand for them', () => {
    for (const caller of ['Owner', 'Admin', 'Member'] as const) {
      const known = scene({ caller });
      expect(insider(known)).to.deep.equal({
        user: known.caller.record,
        organization: known.organization.record,
        membership: known.callerMembership.record,
      });
      expect(writingInsider(known)).to.deep.equal(insider(known));
    }
  });

  it('exists for its members also while it is suspended, but they can change nothing', () => {
    const known = scene({ organizationIs: 'suspended' });
    expect(insider(known).organization.status).to.equal('suspended');
    expect(refusal(() => writingInsider(known))).to.equal('organization_suspended');
  });

  it('looks the same to every outsider, whether it lives, is suspended, or never was', () => {
    const messages = new Set<string>();
    for (const outsider of [...outsiders, { caller: 'none', organizationIs: 'suspended' } as const]) {
      for (const look of [insider, writingInsider]) {
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
      const known = scene({ caller });
      expect(writingInsiderBy(known, service(['write'], CARA))).to.deep.equal(insider(known));
    }
    const outside = () => insiderBy(scene({ caller: 'none' }), service(['admin'], CARA), 'read');
    expect(refusal(outside)).to.equal('organization_not_found');
  });

  it('is read for somebody with the scope read, and changed with the scope write', () => {
    const known = scene();
    insiderBy(known, service(['read'], CARA), 'read');
    expect(refusal(() => writingInsiderBy(known, service(['read'], CARA)))).to.equal('forbidden');
  });

  itRefusesInThisOrder<Sketch>(
    (sketch) => writingInsider(scene(sketch)),
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
    requirePermission(insider(scene({ caller: 'Admin' })), 'members.add');
  });

  it('that the role lacks is forbidden, and the message says who, what role, where and which right', () => {
    expect(() => requirePermission(insider(scene({ caller: 'Admin' })), 'owners.manage')).to.throw(
      '"cara" is Admin of "acme"; this needs the permission owners.manage.',
    );
    expect(refusal(() => requirePermission(insider(scene({ caller: 'Member' })), 'members.add'))).to.equal(
      'forbidden',
    );
  });
});
