import type { InvitationId, OrganizationId } from './ids.ts';
import type { Invitation } from './invitation.ts';
import type { Membership } from './membership.ts';
import type { NormalizedEmail, Slug, Username } from './names.ts';
import type { Organization } from './organization.ts';
import type { EmailClaim, User } from './user.ts';

/** The kinds of records in the store. Each record has a key and a version. */
interface Records {
  user: { key: { readonly username: Username }; record: User };
  organization: { key: { readonly name: Slug }; record: Organization };
  membership: { key: { readonly organization: Slug; readonly username: Username }; record: Membership };
  email: { key: { readonly email: NormalizedEmail }; record: EmailClaim };
  invitation: {
    key: { readonly organizationId: OrganizationId; readonly id: InvitationId };
    record: Invitation;
  };
}

export type RecordKind = keyof Records;
export type KeyOf<Kind extends RecordKind> = { readonly kind: Kind } & Records[Kind]['key'];
export type RecordKey = { [Kind in RecordKind]: KeyOf<Kind> }[RecordKind];
export type RecordOf<Key extends RecordKey> = Records[Key['kind']]['record'];

/**
 * A record as it was loaded at one instant. `version` counts its changes, including deletion; 0 = never written by Rollcall.
 * Without a `record` it is absent: it never existed (version 0), or was deleted (the version of the tombstone).
 */
export interface Loaded<Key extends RecordKey = RecordKey> {
  readonly key: Key;
  readonly version: number;
  readonly record: RecordOf<Key> | undefined;
}

/** One `Loaded` for each key, in the order of the keys. */
export type LoadedAll<Keys extends readonly RecordKey[]> = { readonly [I in keyof Keys]: Loaded<Keys[I]> };

/** A live record with its version. */
export interface Versioned<T> {
  readonly record: T;
  readonly version: number;
}

/** The loaded record of a key. @throws {Error} the record was not loaded, which is a programming error */
export function requireLoaded<Key extends RecordKey>(all: readonly Loaded<Key>[], key: Key): Loaded<Key> {
  const id = recordId(key);
  const loaded = all.find(({ key: loadedKey }) => recordId(loadedKey) === id);
  if (loaded === undefined) throw new Error(`The record ${id} was not loaded.`);
  return loaded;
}

export const userKey = (username: Username): KeyOf<'user'> => ({ kind: 'user', username });
export const organizationKey = (name: Slug): KeyOf<'organization'> => ({ kind: 'organization', name });
export const membershipKey = (organization: Slug, username: Username): KeyOf<'membership'> => ({
  kind: 'membership',
  organization,
  username,
});
export const emailKey = (email: NormalizedEmail): KeyOf<'email'> => ({ kind: 'email', email });

/** The key as text, unique for each key (names contain neither ":" nor "/"). */
export function recordId(key: RecordKey): string {
  switch (key.kind) {
    case 'user':
      return `user:${key.username}`;
    case 'organization':
      return `organization:${key.name}`;
    case 'membership':
      return `membership:${key.organization}/${key.username}`;
    case 'email':
      return `email:${key.email}`;
    case 'invitation':
      return `invitation:${key.organizationId}/${key.id}`;
  }
}
