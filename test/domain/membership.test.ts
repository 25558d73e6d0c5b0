import { expect } from 'chai';
import { belongs, type MembershipState, membershipState } from '../../src/domain/membership.ts';
import { CARA, membershipOf, organizationAcme, TOM, userNamed } from './builders.ts';

const tom = userNamed(TOM);
const acme = organizationAcme();
const admin = membershipOf(tom, acme, 'Admin');
const suspendedTom = userNamed(TOM, { status: 'suspended' });
const suspendedAcme = organizationAcme({ status: 'suspended' });

describe('belongs', () => {
  it('accepts the user and the organization of the membership', () => {
    expect(belongs(admin, tom, acme)).to.equal(true);
  });

  it('accepts suspended users and organizations', () => {
    expect(belongs(admin, suspendedTom, acme)).to.equal(true);
    expect(belongs(admin, tom, suspendedAcme)).to.equal(true);
    expect(belongs(admin, suspendedTom, suspendedAcme)).to.equal(true);
  });

  it('rejects if the user, the organization or the membership is absent', () => {
    expect(belongs(undefined, tom, acme)).to.equal(false);
    expect(belongs(admin, undefined, acme)).to.equal(false);
    expect(belongs(admin, tom, undefined)).to.equal(false);
    expect(belongs(undefined, undefined, undefined)).to.equal(false);
  });

  it('rejects a later user of the same name', () => {
    expect(belongs(admin, userNamed(TOM, { id: 'user_later' }), acme)).to.equal(false);
  });

  it('rejects a later organization of the same name', () => {
    expect(belongs(admin, tom, organizationAcme({ id: 'org_later' }))).to.equal(false);
  });

  it('rejects a later user and a later organization of the same names', () => {
    expect(
      belongs(admin, userNamed(TOM, { id: 'user_later' }), organizationAcme({ id: 'org_later' })),
    ).to.equal(false);
  });

  it('rejects another user', () => {
    expect(belongs(admin, userNamed(CARA), acme)).to.equal(false);
  });
});

describe('membershipState, for every combination of its three records', () => {
  const memberships = { there: admin, missing: undefined };
  const users = {
    active: tom,
    suspended: suspendedTom,
    missing: undefined,
    'of the same name, later': userNamed(TOM, { id: 'user_later' }),
    'of the same name, later, suspended': userNamed(TOM, { id: 'user_later', status: 'suspended' }),
  };
  const organizations = {
    active: acme,
    suspended: suspendedAcme,
    missing: undefined,
    'of the same name, later': organizationAcme({ id: 'org_later' }),
    'of the same name, later, suspended': organizationAcme({ id: 'org_later', status: 'suspended' }),
  };
  type State = `membership ${string}, user ${string}, organization ${string}`;
  /** The states that depend on more than one record. */
  const expected: Partial<Record<State, MembershipState>> = {
    'membership there, user active, organization active': { effective: true, membership: admin },
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
        const result = expected[state] ?? otherwise(u, o);
        it(`${state}: ${result.effective ? 'effective' : result.reason}`, () => {
          expect(membershipState(membership, user, organization)).to.deep.equal(result);
        });
      }
    }
  }
});
