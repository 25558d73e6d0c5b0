import type { Member } from '../../../app/accounts/memberships.ts';
import type { RecordedEvent } from '../../../domain/event.ts';
import type { Membership } from '../../../domain/membership.ts';
import type { Organization } from '../../../domain/organization.ts';
import type { Versioned } from '../../../domain/records.ts';
import type { User } from '../../../domain/user.ts';

export function userView({ record, version }: Versioned<User>) {
  const { id, username, firstName, lastName, email, status, createdAt, updatedAt } = record;
  return { id, username, firstName, lastName, email, status, version, createdAt, updatedAt };
}

export function organizationView({ record, version }: Versioned<Organization>) {
  const { id, organizationName, displayName, foundingUser, status, createdAt, updatedAt } = record;
  return { id, organizationName, displayName, foundingUser, status, version, createdAt, updatedAt };
}

export function membershipView({ record, version }: Versioned<Membership>) {
  const { organizationName, memberUsername, role, createdAt, updatedAt } = record;
  return { organizationName, memberUsername, role, version, createdAt, updatedAt };
}

export function memberView({ membership, user }: Member) {
  const { firstName, lastName, status } = user;
  return { ...membershipView(membership), firstName, lastName, status };
}

export function eventView({ seq, type, actor, subject, changes, version, at }: RecordedEvent) {
  return { seq, type, actor, subject, changes, version, at };
}
