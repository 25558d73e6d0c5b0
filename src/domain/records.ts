import type { InvitationId, OrganizationId } from './ids.ts';
import type { Invitation } from './invitation.ts';
import type { Membership } from './membership.ts';
import type { NormalizedEmail, Slug, Username } from './names.ts';
import type { Organization } from './organization.ts';
import type { EmailClaim, User } from './user.ts';

/** Everything that has a key and a version in the store. */
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
 * What is known of a record at one moment.
 * `version` counts its changes, deletion included: 0 = never written by Rollcall. Without a `record`
 * it is absent: never existed (version 0), or deleted (the version of the tombstone).
 */
export interface Loaded<Key extends RecordKey = RecordKey> {
  readonly key: Key;
  readonly version: number;
  readonly record: RecordOf<Key> | undefined;
}

/** One `Loaded` for each key, in the order of the keys. */
export type LoadedAll<Keys extends readonly RecordKey[]> = { readonly [I in keyof Keys]: Loaded<Keys[I]> };

/** A record that lives, with its version. */
export interface Versioned<T> {
  readonly record: T;
  readonly version: number;
}

/** What is known under a key. @throws {Error} it was not read, which is a fault of whoever asks */
export function requireLoaded<Key extends RecordKey>(all: readonly Loaded<Key>[], key: Key): Loaded<Key> {
  const id = recordId(key);
  const loaded = all.find((one) => recordId(one.key) === id);
  if (loaded === undefined) throw new Error(`${id} should be known here`);
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

/** The key as one string: the same for equal keys, different for different ones (names contain neither ":" nor "/"). */
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
