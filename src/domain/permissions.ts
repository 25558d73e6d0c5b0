import type { Role } from './role.ts';

export const PERMISSIONS = [
  'organization.read',
  'organization.update',
  'organization.delete',
  'members.read',
  'members.add',
  'members.update',
  'members.remove',
  'owners.manage',
  'invitations.manage',
  'events.read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const MEMBER: readonly Permission[] = ['organization.read', 'members.read'];

const ADMIN: readonly Permission[] = [
  ...MEMBER,
  'organization.update',
  'members.add',
  'members.update',
  'members.remove',
  'invitations.manage',
  'events.read',
];

const GRANTED: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  Member: new Set(MEMBER),
  Admin: new Set(ADMIN),
  Owner: new Set(PERMISSIONS),
};

export function grants(role: Role, permission: Permission): boolean {
  return GRANTED[role].has(permission);
}
