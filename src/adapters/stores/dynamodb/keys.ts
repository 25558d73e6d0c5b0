import type { EventStream } from '../../../domain/event.ts';
import type { OrganizationId } from '../../../domain/ids.ts';
import {
  type NormalizedEmail,
  parseSlug,
  parseUsername,
  type Slug,
  type Username,
} from '../../../domain/names.ts';
import {
  type KeyOf,
  membershipKey,
  organizationKey,
  type RecordKey,
  userKey,
} from '../../../domain/records.ts';

/** The primary key of an item. */
export interface Address {
  readonly PK: string;
  readonly SK: string;
}

export const MEMBER_PREFIX = 'MEMBER#';
export const ORGANIZATION_PREFIX = 'ORG#';
export const INVITATION_PREFIX = 'INVITE#';

export const membersPartition = (organization: Slug): string => `ORGMEMBERS#${organization}`;
export const organizationsPartition = (username: Username): string => `USERORGS#${username}`;
export const invitationsPartition = (organization: OrganizationId): string => `ORGINVITES#${organization}`;

export const MIGRATION_ADDRESS: Address = { PK: 'MIGRATION', SK: 'MIGRATION' };
export const META_ADDRESS: Address = { PK: 'META', SK: 'META' };

export function addressOf(key: RecordKey): Address {
  switch (key.kind) {
    case 'user':
      return singleItemAddress(`USER#${key.username}`);
    case 'organization':
      return singleItemAddress(`ORG#${key.name}`);
    case 'membership':
      return { PK: membersPartition(key.organization), SK: MEMBER_PREFIX + key.username };
    case 'email':
      return singleItemAddress(`EMAIL#${key.email}`);
    case 'invitation':
      return { PK: invitationsPartition(key.organizationId), SK: INVITATION_PREFIX + key.id };
  }
}

/** The address of a membership's mirror: a second item that lists the membership under its user. */
export function mirrorAddress({ organization, username }: KeyOf<'membership'>): Address {
  return { PK: organizationsPartition(username), SK: ORGANIZATION_PREFIX + organization };
}

export const idempotencyAddress = (id: string): Address => singleItemAddress(`IDEMPOTENCY#${id}`);

/** The partition key of a stream. */
export function streamPartition({ kind, id }: EventStream): string {
  return `${kind === 'organization' ? 'ORGEVENTS' : 'USEREVENTS'}#${id}`;
}

/** The item that holds the last event number of a stream; it sorts after the events. */
export const headAddress = (partition: string): Address => ({ PK: partition, SK: 'HEAD' });

export function eventAddress(partition: string, seq: number): Address {
  return { PK: partition, SK: String(seq).padStart(12, '0') };
}

/**
 * The key of the record in an item. `undefined` = the item holds no record (a mirror, an event …), or a legacy record
 * whose name is not canonical (upper case), which no request can address before `migrate` has renamed it.
 */
export function keyAt({ PK, SK }: Address): RecordKey | undefined {
  const [kind, name] = splitAtFirst(PK);
  switch (kind) {
    case 'USER':
      return isCanonical(parseUsername, name) ? userKey(name) : undefined;
    case 'ORG':
      return isCanonical(parseSlug, name) ? organizationKey(name) : undefined;
    case 'ORGMEMBERS': {
      const member = SK.slice(MEMBER_PREFIX.length);
      return isCanonical(parseSlug, name) && isCanonical(parseUsername, member)
        ? membershipKey(name, member)
        : undefined;
    }
    case 'EMAIL':
      return { kind: 'email', email: name as NormalizedEmail };
    case 'ORGINVITES':
      return { kind: 'invitation', organizationId: name, id: SK.slice(INVITATION_PREFIX.length) };
    default:
      return undefined;
  }
}

/** Splits a key at its first "#" into the item's kind and the rest, which may contain "#" as well. */
export function splitAtFirst(PK: string): readonly [kind: string, rest: string] {
  const end = PK.indexOf('#');
  return end < 0 ? [PK, ''] : [PK.slice(0, end), PK.slice(end + 1)];
}

/** Whether parsing a name returns it unchanged. */
export function isCanonical<Name extends string>(parse: (text: string) => Name, name: string): name is Name {
  try {
    return parse(name) === name;
  } catch {
    return false;
  }
}

/** The address of an item that has a partition to itself. */
function singleItemAddress(text: string): Address {
  return { PK: text, SK: text };
}
