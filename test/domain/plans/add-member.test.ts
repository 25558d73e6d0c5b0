import { expect } from 'chai';
import { planAddMember } from '../../../src/domain/plans/add-member.ts';
import { ROLES, type Role } from '../../../src/domain/role.ts';
import {
  ACME,
  absent,
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
  TOM,
  theChange,
  usernames,
  writtenTo,
} from '../builders.ts';

const newcomer = (sketch: Sketch = {}) => scene({ target: 'none', ...sketch });
const add = (sketch: Sketch, role: Role) => planAddMember(newcomer(sketch), role, context);

describe('adding a member', () => {
  itRefusesInThisOrder<Sketch>(
    (sketch) => add(sketch, 'Owner'),
    [
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
      { code: 'forbidden', because: 'the caller is a mere Member', situation: { caller: 'Member' } },
      { code: 'forbidden', because: 'an Admin would make an Owner', situation: { caller: 'Admin' } },
      { code: 'user_not_found', because: 'there is no such user', situation: { targetIs: 'absent' } },
      { code: 'user_suspended', because: 'the user is suspended', situation: { targetIs: 'suspended' } },
      {
        code: 'membership_already_exists',
        because: 'the user is a member already',
        situation: { target: 'Admin' },
      },
      {
        code: 'too_many_owners',
        because: 'the organization has 100 Owners',
        situation: { otherOwners: usernames(99) },
      },
      {
        code: 'too_many_organizations',
        because: 'the user owns 25 organizations',
        situation: { targetOwns: 25 },
      },
    ],
  );

  const allowed: Readonly<Record<Role, readonly Role[]>> = {
    Owner: ['Owner', 'Admin', 'Member'],
    Admin: ['Admin', 'Member'],
    Member: [],
  };
  for (const caller of ROLES) {
    it(`as ${caller} may give the roles: ${allowed[caller].join(', ') || 'none'}`, () => {
      for (const role of ROLES) {
        if (allowed[caller].includes(role)) expect(add({ caller }, role).result.record.role).to.equal(role);
        else expect(refusal(() => add({ caller }, role))).to.equal('forbidden');
      }
    });
  }

  it('is of no use for oneself: who may add is a member already, and an Admin cannot become Owner so', () => {
    const self = (caller: Role, role: Role) =>
      refusal(() => planAddMember(sceneOfOneself({ caller }), role, context));
    expect(self('Admin', 'Member')).to.equal('membership_already_exists');
    expect(self('Owner', 'Owner')).to.equal('membership_already_exists');
    expect(self('Admin', 'Owner')).to.equal('forbidden');
    expect(self('Member', 'Admin')).to.equal('forbidden');
  });

  it('writes only the membership for a Member or Admin; all else that counted is a condition', () => {
    for (const role of ['Member', 'Admin'] as const) {
      const loaded = newcomer({ caller: 'Admin' });
      const plan = planAddMember(loaded, role, context);
      const change = theChange(plan);
      const membership = {
        organizationName: ACME,
        memberUsername: TOM,
        organizationId: 'org_acme',
        userId: 'user_tom',
        role,
        createdAt: NOW,
        updatedAt: NOW,
      };
      expect(namesOf(change)).to.deep.equal({
        writes: ['membership:acme/tom'],
        conditions: ['membership:acme/cara', 'organization:acme', 'user:cara', 'user:tom'],
      });
      expect(writtenTo(change, loaded.membership)).to.deep.equal(membership);
      expect(plan.result).to.deep.equal({ record: membership, version: 1 });
    }
  });

  it('as an Owner changes the organization and the user in the same change', () => {
    const loaded = newcomer();
    const change = theChange(planAddMember(loaded, 'Owner', context));
    expect(namesOf(change)).to.deep.equal({
      writes: ['membership:acme/tom', 'organization:acme', 'user:tom'],
      conditions: ['membership:acme/cara', 'user:cara'],
    });
    expect(writtenTo(change, loaded.organization)).to.deep.equal({
      ...loaded.organization.record,
      owners: [OLIVIA, CARA, TOM],
      updatedAt: NOW,
    });
    expect(writtenTo(change, loaded.user)).to.deep.equal({
      ...loaded.user.record,
      ownerOf: [{ name: ACME, id: 'org_acme' }],
      updatedAt: NOW,
    });
  });

  it('as an Owner may fill the last place of 100 and of 25; other roles have no such limit', () => {
    add({ otherOwners: usernames(98), targetOwns: 24 }, 'Owner');
    add({ otherOwners: usernames(100), targetOwns: 25 }, 'Admin');
    add({ targetOwns: 25, targetsGone: 1 }, 'Owner');
  });

  for (const stale of ['of an earlier user', 'in an earlier organization'] as const) {
    it(`replaces a membership ${stale} of this name, and inherits nothing but the version`, () => {
      const loaded = newcomer({ target: stale });
      const plan = planAddMember(loaded, 'Member', context);
      expect(writtenTo(theChange(plan), loaded.membership)).to.include({
        organizationId: 'org_acme',
        userId: 'user_tom',
        role: 'Member',
        createdAt: NOW,
      });
      expect(plan.result.version).to.equal(16);
      expect(theChange(plan).events[0]?.changes).to.deep.equal({ role: { to: 'Member' } });
    });
  }

  it('again, after a removal, counts on from the tombstone', () => {
    const loaded = { ...newcomer(), membership: absent(newcomer().membership.key, 7) };
    const plan = planAddMember(loaded, 'Admin', context);
    expect(writtenTo(theChange(plan), loaded.membership)).to.include({ role: 'Admin' });
    expect(plan.result.version).to.equal(8);
    expect(theChange(plan).events[0]?.version).to.equal(8);
  });

  it('is one event, in the streams of the organization and of the user, with the role and no names', () => {
    for (const role of ROLES) {
      expect(theChange(add({}, role)).events).to.deep.equal([
        {
          streams: [
            { kind: 'organization', id: 'org_acme' },
            { kind: 'user', id: 'user_tom' },
          ],
          type: 'membership.added',
          actor: CARA_ACTING,
          subject: { type: 'membership', organizationName: ACME, username: TOM },
          changes: { role: { to: role } },
          version: 1,
          at: NOW,
        },
      ]);
    }
  });
});
