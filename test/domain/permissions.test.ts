import { expect } from 'chai';
import { grants, PERMISSIONS, type Permission } from '../../src/domain/permissions.ts';
import { ROLES, type Role } from '../../src/domain/role.ts';

const TABLE: Readonly<Record<Permission, readonly Role[]>> = {
  'organization.read': ['Owner', 'Admin', 'Member'],
  'organization.update': ['Owner', 'Admin'],
  'organization.delete': ['Owner'],
  'members.read': ['Owner', 'Admin', 'Member'],
  'members.add': ['Owner', 'Admin'],
  'members.update': ['Owner', 'Admin'],
  'members.remove': ['Owner', 'Admin'],
  'owners.manage': ['Owner'],
  'invitations.manage': ['Owner', 'Admin'],
  'events.read': ['Owner', 'Admin'],
};

describe('roles', () => {
  it('are Owner, Admin and Member, from the most to the least powerful', () => {
    expect(ROLES).to.deep.equal(['Owner', 'Admin', 'Member']);
  });

  it('each have all permissions of the next one, and more', () => {
    const permissions = ROLES.map((role) => PERMISSIONS.filter((permission) => grants(role, permission)));
    for (const [i, lesser] of permissions.slice(1).entries()) {
      const greater = permissions[i] ?? [];
      expect(greater).to.include.members(lesser);
      expect(greater.length).to.be.greaterThan(lesser.length);
    }
  });
});

describe('permissions', () => {
  it('are the ten of the HTTP interface', () => {
    expect([...PERMISSIONS].sort()).to.deep.equal(Object.keys(TABLE).sort());
  });

  for (const permission of PERMISSIONS) {
    it(`${permission} is granted to ${TABLE[permission].join(', ')} only`, () => {
      expect(ROLES.filter((role) => grants(role, permission))).to.deep.equal(TABLE[permission]);
    });
  }
});
