import type { NormalizedEmail, Slug, Username } from '../../../../domain/names.ts';
import {
  membershipKey,
  organizationKey,
  type RecordKey,
  type RecordKind,
  type RecordOf,
  userKey,
} from '../../../../domain/records.ts';
import { SCHEMA } from '../schema/schema-names.ts';

/** The table of one kind of record. */
interface Table {
  readonly name: string;
  /** The columns of the key, in the order of `keyParts`. */
  readonly keys: readonly string[];
  /** The column of each field of the record. A column name that ends in `_at` denotes a time. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Lets the compiler verify that every field of a record has a column. */
type TableOf<Kind extends RecordKind> = Table & {
  readonly columns: { readonly [Field in keyof RecordOf<Extract<RecordKey, { kind: Kind }>>]-?: string };
};

/** In the order in which records are locked. */
export const TABLES: { readonly [Kind in RecordKind]: TableOf<Kind> } = {
  user: {
    name: `${SCHEMA}.users`,
    keys: ['username'],
    columns: {
      id: 'id',
      username: 'username',
      firstName: 'first_name',
      lastName: 'last_name',
      email: 'email',
      status: 'status',
      ownerOf: 'owner_of',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
  },
  organization: {
    name: `${SCHEMA}.organizations`,
    keys: ['name'],
    columns: {
      id: 'id',
      organizationName: 'name',
      displayName: 'display_name',
      foundingUser: 'founding_user',
      status: 'status',
      owners: 'owners',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
  },
  membership: {
    name: `${SCHEMA}.memberships`,
    keys: ['organization_name', 'username'],
    columns: {
      organizationName: 'organization_name',
      memberUsername: 'username',
      organizationId: 'organization_id',
      userId: 'user_id',
      role: 'role',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
  },
  email: {
    name: `${SCHEMA}.email_claims`,
    keys: ['email'],
    columns: { username: 'username', userId: 'user_id' },
  },
  invitation: {
    name: `${SCHEMA}.invitations`,
    keys: ['organization_id', 'id'],
    columns: {
      id: 'id',
      organizationId: 'organization_id',
      organizationName: 'organization_name',
      email: 'email',
      role: 'role',
      tokenHash: 'token_hash',
      invitedBy: 'invited_by',
      expiresAt: 'expires_at',
      createdAt: 'created_at',
    },
  },
};

export const KINDS = Object.keys(TABLES) as RecordKind[];

/** The values of the key's columns. */
export function keyParts(key: RecordKey): readonly string[] {
  switch (key.kind) {
    case 'user':
      return [key.username];
    case 'organization':
      return [key.name];
    case 'membership':
      return [key.organization, key.username];
    case 'email':
      return [key.email];
    case 'invitation':
      return [key.organizationId, key.id];
  }
}

/** The parts need no validation: they were validated when they were written. */
export function keyFrom(kind: RecordKind, [first = '', second = '']: readonly string[]): RecordKey {
  switch (kind) {
    case 'user':
      return userKey(first as Username);
    case 'organization':
      return organizationKey(first as Slug);
    case 'membership':
      return membershipKey(first as Slug, second as Username);
    case 'email':
      return { kind, email: first as NormalizedEmail };
    case 'invitation':
      return { kind, organizationId: first, id: second };
  }
}
