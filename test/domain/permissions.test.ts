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

  it('each may do all that the next one may, and more', () => {
    const rights = ROLES.map((role) => PERMISSIONS.filter((permission) => grants(role, permission)));
    for (const [i, lesser] of rights.slice(1).entries()) {
      const greater = rights[i] ?? [];
      expect(greater).to.include.members(lesser);
      expect(greater.length).to.be.greaterThan(lesser.length);
    }
  });
});

describe('permissions', () => {
  it('are the ten that the interface names', () => {
    expect([...PERMISSIONS].sort()).to.deep.equal(Object.keys(TABLE).sort());
  });

  for (const permission of PERMISSIONS) {
    it(`${permission} belongs to ${TABLE[permission].join(', ')} and to nobody else`, () => {
      expect(ROLES.filter((role) => grants(role, permission))).to.deep.equal(TABLE[permission]);
    });
  }
});
