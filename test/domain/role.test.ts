import { expect } from 'chai';
import { isAtLeast, ROLES, type Role } from '../../src/domain/role.ts';

describe('a role', () => {
  const enough: Readonly<Record<Role, readonly Role[]>> = {
    Owner: ['Owner', 'Admin', 'Member'],
    Admin: ['Admin', 'Member'],
    Member: ['Member'],
  };
  for (const role of ROLES) {
    it(`${role} is at least ${enough[role].join(', ')} and nothing more`, () => {
      expect(ROLES.filter((minimum) => isAtLeast(role, minimum))).to.deep.equal(enough[role]);
    });
  }
});
