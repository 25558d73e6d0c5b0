import type { EventStream } from '../../../domain/event.ts';
import type { OrganizationId } from '../../../domain/ids.ts';
import {
  type ClaimedEmail,
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

export const membersOf = (organization: Slug): string => `ORGMEMBERS#${organization}`;
export const organizationsOf = (username: Username): string => `USERORGS#${username}`;
export const invitationsOf = (organization: OrganizationId): string => `ORGINVITES#${organization}`;

export const MIGRATION_ADDRESS: Address = { PK: 'MIGRATION', SK: 'MIGRATION' };
export const META_ADDRESS: Address = { PK: 'META', SK: 'META' };

export function addressOf(key: RecordKey): Address {
  switch (key.kind) {
    case 'user':
      return alone(`USER#${key.username}`);
    case 'organization':
      return alone(`ORG#${key.name}`);
    case 'membership':
      return { PK: membersOf(key.organization), SK: MEMBER_PREFIX + key.username };
    case 'email':
      return alone(`EMAIL#${key.email}`);
    case 'invitation':
      return { PK: invitationsOf(key.organizationId), SK: INVITATION_PREFIX + key.id };
  }
}

/** Where a membership stands a second time, so that the organizations of a user can be listed. */
export function mirrorAddress({ organization, username }: KeyOf<'membership'>): Address {
  return { PK: organizationsOf(username), SK: ORGANIZATION_PREFIX + organization };
}

export const idempotencyAddress = (id: string): Address => alone(`IDEMPOTENCY#${id}`);

/** The partition of a stream. */
export function streamPartition({ kind, id }: EventStream): string {
  return `${kind === 'organization' ? 'ORGEVENTS' : 'USEREVENTS'}#${id}`;
}

/** The item that holds the last number of a stream; sorts behind its events. */
export const headAddress = (partition: string): Address => ({ PK: partition, SK: 'HEAD' });

export function eventAddress(partition: string, seq: number): Address {
  return { PK: partition, SK: String(seq).padStart(12, '0') };
}

/**
 * The record that an item holds; `undefined` = it holds none (a mirror, an event …), or one whose name is not spelt as
 * names are (upper case, left by the tutorial): nobody can ask for it before `migrate` has rewritten it.
 */
export function keyAt({ PK, SK }: Address): RecordKey | undefined {
  const [kind, name] = splitAtFirst(PK);
  switch (kind) {
    case 'USER':
      return isSpelt(parseUsername, name) ? userKey(name) : undefined;
    case 'ORG':
      return isSpelt(parseSlug, name) ? organizationKey(name) : undefined;
    case 'ORGMEMBERS': {
      const member = SK.slice(MEMBER_PREFIX.length);
      return isSpelt(parseSlug, name) && isSpelt(parseUsername, member)
        ? membershipKey(name, member)
        : undefined;
    }
    case 'EMAIL':
      return { kind: 'email', email: name as ClaimedEmail };
    case 'ORGINVITES':
      return { kind: 'invitation', organizationId: name, id: SK.slice(INVITATION_PREFIX.length) };
    default:
      return undefined;
  }
}

/** The kind of an item, and what follows it (which may contain "#" too). */
export function splitAtFirst(PK: string): readonly [kind: string, rest: string] {
  const end = PK.indexOf('#');
  return end < 0 ? [PK, ''] : [PK.slice(0, end), PK.slice(end + 1)];
}

/** Whether a name is just what its parser makes of it. */
export function isSpelt<Name extends string>(parse: (text: string) => Name, name: string): name is Name {
  try {
    return parse(name) === name;
  } catch {
    return false;
  }
}

function alone(text: string): Address {
  return { PK: text, SK: text };
}
