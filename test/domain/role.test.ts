import { expect } from 'chai';
import { isAtLeast, ROLES, type Role } from '../../src/domain/role.ts';

describe('isAtLeast', () => {
  const minimums: Readonly<Record<Role, readonly Role[]>> = {
    Owner: ['Owner', 'Admin', 'Member'],
    Admin: ['Admin', 'Member'],
    Member: ['Member'],
  };
  for (const role of ROLES) {
    it(`accepts ${role} for ${minimums[role].join(', ')} only`, () => {
      expect(ROLES.filter((minimum) => isAtLeast(role, minimum))).to.deep.equal(minimums[role]);
    });
  }
});
