import { expect } from 'chai';
import { belongs, type MembershipState, membershipState } from '../../src/domain/membership.ts';
import { CARA, membershipOf, organizationAcme, TOM, userNamed } from './builders.ts';

const tom = userNamed(TOM);
const acme = organizationAcme();
const mine = membershipOf(tom, acme, 'Admin');
const suspendedTom = userNamed(TOM, { status: 'suspended' });
const suspendedAcme = organizationAcme({ status: 'suspended' });

describe('a membership belongs', () => {
  it('to the user and the organization that it was made for', () => {
    expect(belongs(mine, tom, acme)).to.equal(true);
  });

  it('also while one of them or both are suspended', () => {
    expect(belongs(mine, suspendedTom, acme)).to.equal(true);
    expect(belongs(mine, tom, suspendedAcme)).to.equal(true);
    expect(belongs(mine, suspendedTom, suspendedAcme)).to.equal(true);
  });

  it('to nobody once its user or its organization is gone, or it is itself', () => {
    expect(belongs(undefined, tom, acme)).to.equal(false);
    expect(belongs(mine, undefined, acme)).to.equal(false);
    expect(belongs(mine, tom, undefined)).to.equal(false);
    expect(belongs(undefined, undefined, undefined)).to.equal(false);
  });

  it('not to a later user who took the same name', () => {
    expect(belongs(mine, userNamed(TOM, { id: 'user_later' }), acme)).to.equal(false);
  });

  it('not to a later organization that took the same name', () => {
    expect(belongs(mine, tom, organizationAcme({ id: 'org_later' }))).to.equal(false);
  });

  it('not to a later pair of the same names', () => {
    expect(
      belongs(mine, userNamed(TOM, { id: 'user_later' }), organizationAcme({ id: 'org_later' })),
    ).to.equal(false);
  });

  it('not to another user', () => {
    expect(belongs(mine, userNamed(CARA), acme)).to.equal(false);
  });
});

describe('the standing of a membership, for every combination of its three records', () => {
  const memberships = { there: mine, missing: undefined };
  const users = {
    active: tom,
    suspended: suspendedTom,
    missing: undefined,
    'somebody else now': userNamed(TOM, { id: 'user_later' }),
    'somebody else now, suspended': userNamed(TOM, { id: 'user_later', status: 'suspended' }),
  };
  const organizations = {
    active: acme,
    suspended: suspendedAcme,
    missing: undefined,
    'another one now': organizationAcme({ id: 'org_later' }),
    'another one now, suspended': organizationAcme({ id: 'org_later', status: 'suspended' }),
  };
  type State = `membership ${string}, user ${string}, organization ${string}`;
  /** The states that are not told from one record alone. */
  const expected: Partial<Record<State, MembershipState>> = {
    'membership there, user active, organization active': { effective: true, membership: mine },
    'membership there, user suspended, organization active': { effective: false, reason: 'user_suspended' },
    'membership there, user active, organization suspended': {
      effective: false,
      reason: 'organization_suspended',
    },
    'membership there, user suspended, organization suspended': {
      effective: false,
      reason: 'organization_suspended',
    },
  };
  const otherwise = (user: string, organization: string): MembershipState => {
    if (organization === 'missing') return { effective: false, reason: 'organization_not_found' };
    return { effective: false, reason: user === 'missing' ? 'user_not_found' : 'not_member' };
  };

  for (const [m, membership] of Object.entries(memberships)) {
    for (const [u, user] of Object.entries(users)) {
      for (const [o, organization] of Object.entries(organizations)) {
        const state: State = `membership ${m}, user ${u}, organization ${o}`;
        const right = expected[state] ?? otherwise(u, o);
        it(`${state}: ${right.effective ? 'in force' : right.reason}`, () => {
          expect(membershipState(membership, user, organization)).to.deep.equal(right);
        });
      }
    }
  }
});
