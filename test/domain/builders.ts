import type { OrganizationContext } from '../../src/domain/access/acting-member.ts';
import type { Caller, Scope } from '../../src/domain/caller.ts';
import type { Membership } from '../../src/domain/membership.ts';
import { parseDisplayText, parseSlug, parseUsername, type Username } from '../../src/domain/names.ts';
import type { Organization } from '../../src/domain/organization.ts';
import type { ChangeContext } from '../../src/domain/plans/change-context.ts';
import type { Loaded, RecordKey } from '../../src/domain/records.ts';
import type { Role } from '../../src/domain/role.ts';
import type { User } from '../../src/domain/user.ts';

/** The time of the last write of the records, and the time of the plans. */
const BEFORE = '2026-01-01T00:00:00.000Z';
export const NOW = '2026-06-01T12:30:00.000Z';

export const ACME = parseSlug('acme');
export const CARA = parseUsername('cara');
export const TOM = parseUsername('tom');
export const OLIVIA = parseUsername('olivia');

export const context: ChangeContext = { caller: { type: 'user', username: CARA }, at: NOW };
/** "cara" as the actor of events. */
export const CARA_ACTOR = { type: 'user', name: 'cara' } as const;

/** The service "billing" with these scopes, acting for itself or on behalf of a user. */
export function service(scopes: readonly Scope[], onBehalfOf?: Username): Caller {
  return { type: 'service', name: 'billing', scopes, onBehalfOf };
}

/** For changes by a service that acts for itself. */
export const adminServiceContext: ChangeContext = { caller: service(['admin']), at: NOW };
export const BILLING_ACTOR = { type: 'service', name: 'billing' } as const;

/** The records that are loaded for a service that acts for itself. */
export function withoutCaller<K extends OrganizationContext>(
  loaded: K,
): Omit<K, 'caller' | 'callerMembership'> & { caller: undefined; callerMembership: undefined } {
  return { ...loaded, caller: undefined, callerMembership: undefined };
}

export function userNamed(username: Username, over: Partial<User> = {}): User {
  return {
    id: `user_${username}`,
    username,
    firstName: parseDisplayText('Given'),
    lastName: parseDisplayText('Family'),
    status: 'active',
    ownerOf: [],
    createdAt: BEFORE,
    updatedAt: BEFORE,
    ...over,
  };
}

export function organizationAcme(over: Partial<Organization> = {}): Organization {
  return {
    id: 'org_acme',
    organizationName: ACME,
    displayName: parseDisplayText('Acme'),
    foundingUser: OLIVIA,
    status: 'active',
    owners: [OLIVIA],
    createdAt: BEFORE,
    updatedAt: BEFORE,
    ...over,
  };
}

export function membershipOf(user: User, organization: Organization, role: Role): Membership {
  return {
    organizationName: organization.organizationName,
    memberUsername: user.username,
    organizationId: organization.id,
    userId: user.id,
    role,
    createdAt: BEFORE,
    updatedAt: BEFORE,
  };
}

/** A record that never existed (version 0) or was deleted (the version of its tombstone). */
export function absent<Key extends RecordKey>(key: Key, version = 0): Loaded<Key> {
  return { key, version, record: undefined };
}

export function usernames(count: number): Username[] {
  return Array.from({ length: count }, (_, i) => parseUsername(`other-${i}`));
}
