import { randomBytes } from 'node:crypto';
import type { Change, Put, Write } from '../../src/domain/change.ts';
import type { EventStream, NewEvent } from '../../src/domain/event.ts';
import type { Invitation } from '../../src/domain/invitation.ts';
import type { Membership } from '../../src/domain/membership.ts';
import {
  type DisplayText,
  type EmailAddress,
  normalizeEmail,
  parseDisplayText,
  parseEmail,
  parseSlug,
  parseUsername,
  type Slug,
  type Username,
} from '../../src/domain/names.ts';
import type { Organization } from '../../src/domain/organization.ts';
import {
  emailKey,
  type KeyOf,
  membershipKey,
  organizationKey,
  type RecordKey,
  type RecordKind,
  type RecordOf,
  userKey,
} from '../../src/domain/records.ts';
import type { EmailClaim, User } from '../../src/domain/user.ts';

/** Distinguishes this process from all others that use the same database. */
const RUN_ID = randomBytes(4).toString('hex');
let counter = 0;

/** Unique text of `a-z0-9-` that begins with `hint`. */
export function unique(hint: string): string {
  counter += 1;
  return `${hint}-${RUN_ID}-${counter.toString(36)}`;
}

export const uniqueUsername = (hint = 'ann'): Username => parseUsername(unique(hint));
export const uniqueSlug = (hint = 'acme'): Slug => parseSlug(unique(hint));
export const uniqueEmail = (hint = 'ann'): EmailAddress => parseEmail(`${unique(hint)}@example.org`);
export const text = (value: string): DisplayText => parseDisplayText(value);

const now = (): string => new Date().toISOString();

export function aUser(over: Partial<User> = {}): User {
  return {
    id: unique('user_'),
    username: uniqueUsername(),
    firstName: text('Ann'),
    lastName: text('Archer'),
    status: 'active',
    ownerOf: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...over,
  };
}

export function anOrganization(over: Partial<Organization> = {}): Organization {
  const creator = parseUsername('creator');
  return {
    id: unique('org_'),
    organizationName: uniqueSlug(),
    displayName: text('Acme'),
    foundingUser: creator,
    status: 'active',
    owners: [creator],
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...over,
  };
}

export function aMembership(
  organization: Pick<Organization, 'organizationName' | 'id'> = anOrganization(),
  user: Pick<User, 'username' | 'id'> = aUser(),
  over: Partial<Membership> = {},
): Membership {
  return {
    organizationName: organization.organizationName,
    memberUsername: user.username,
    organizationId: organization.id,
    userId: user.id,
    role: 'Member',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...over,
  };
}

export function anInvitation(over: Partial<Invitation> = {}): Invitation {
  return {
    id: unique('inv_'),
    organizationName: uniqueSlug(),
    organizationId: unique('org_'),
    email: uniqueEmail(),
    role: 'Member',
    tokenHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    invitedBy: parseUsername('creator'),
    expiresAt: '2099-01-01T00:00:00.000Z',
    createdAt: '2026-01-01T00:00:00.000Z',
    ...over,
  };
}

export function anEmailClaim(user: Pick<User, 'username' | 'id'> = aUser()): EmailClaim {
  return { username: user.username, userId: user.id };
}

export function keyOfMembership(membership: Membership): KeyOf<'membership'> {
  return membershipKey(membership.organizationName, membership.memberUsername);
}

export function keyOfInvitation({ organizationId, id }: Invitation): KeyOf<'invitation'> {
  return { kind: 'invitation', organizationId, id };
}

/** A write that expects an absent record, or the tombstone with this version. */
export function create<Key extends RecordKey>(key: Key, record: RecordOf<Key>, tombstone = 0): Put<Key> {
  return { key, expected: { exists: false, version: tombstone }, record };
}

export function update<Key extends RecordKey>(key: Key, version: number, record: RecordOf<Key>): Put<Key> {
  return { key, expected: { exists: true, version }, record };
}

export function erase<Key extends RecordKey>(key: Key, version: number): Write<Key> {
  return { key, expected: { exists: true, version }, record: undefined };
}

export function aChange(writes: readonly Write[], over: Partial<Omit<Change, 'writes'>> = {}): Change {
  return { at: now(), writes, conditions: [], events: [], ...over };
}

export const organizationStream = (id = unique('org_')): EventStream => ({ kind: 'organization', id });
export const userStream = (id = unique('user_')): EventStream => ({ kind: 'user', id });

export function anEvent(streams: readonly EventStream[], over: Partial<NewEvent> = {}): NewEvent {
  return {
    streams,
    type: 'user.updated',
    actor: { type: 'anonymous' },
    subject: { type: 'user', username: parseUsername('ann') },
    changes: {},
    version: 1,
    at: now(),
    ...over,
  };
}

/** An unused key with two different records for it. */
export interface Sample {
  readonly key: RecordKey;
  readonly first: RecordOf<RecordKey>;
  readonly second: RecordOf<RecordKey>;
}

function sample<Key extends RecordKey>(key: Key, first: RecordOf<Key>, second: RecordOf<Key>): Sample {
  return { key, first, second };
}

/** Creates a sample of each kind of record. */
export const SAMPLES: { readonly [Kind in RecordKind]: () => Sample } = {
  user() {
    const user = aUser({ email: uniqueEmail(), ownerOf: [{ name: uniqueSlug(), id: unique('org_') }] });
    return sample(userKey(user.username), user, { ...user, status: 'suspended', ownerOf: [] });
  },
  organization() {
    const organization = anOrganization();
    const owners = [uniqueUsername('bob'), ...organization.owners];
    return sample(organizationKey(organization.organizationName), organization, { ...organization, owners });
  },
  membership() {
    const membership = aMembership();
    return sample(keyOfMembership(membership), membership, { ...membership, role: 'Admin' });
  },
  email() {
    return sample(emailKey(normalizeEmail(uniqueEmail())), anEmailClaim(), anEmailClaim());
  },
  invitation() {
    const invitation = anInvitation();
    return sample(keyOfInvitation(invitation), invitation, { ...invitation, role: 'Owner' });
  },
};

export const KINDS = Object.keys(SAMPLES) as RecordKind[];

/** One sample of each kind. */
export const samples = (): Sample[] => KINDS.map((kind) => SAMPLES[kind]());
