import type { Put, Write } from '../../../src/domain/change.ts';
import type { Invitation } from '../../../src/domain/invitation.ts';
import type { Membership } from '../../../src/domain/membership.ts';
import { parseSlug, parseUsername } from '../../../src/domain/names.ts';
import type { KeyOf, Versioned } from '../../../src/domain/records.ts';
import type { Page, PageRequest } from '../../../src/ports/user-store.ts';
import {
  aMembership,
  anInvitation,
  create,
  erase,
  keyOfInvitation,
  keyOfMembership,
  unique,
  uniqueEmail,
  uniqueSlug,
  update,
} from '../../support/accounts.ts';
import type { BoundStore } from '../../support/bound-store.ts';
import { deadline } from '../../support/deadline.ts';
import { readAllPages } from './store-under-test.ts';

type ListedRecord = Membership | Invitation;

/** Any list of a store as a list of names, so that the same tests apply to all lists. */
export interface Listing {
  /** Adds a name to the list, or updates its record. By default a version other than 0 expects a live record. */
  put(
    name: string,
    version?: number,
    expected?: 'live' | 'absent',
  ): Put<KeyOf<'membership'> | KeyOf<'invitation'>>;
  remove(name: string, version: number): Write;
  page(store: BoundStore, request: PageRequest): Promise<Page<Versioned<ListedRecord>>>;
  nameOf(record: ListedRecord): string;
}

interface ListingKind {
  /** The list of this owner; by default an unused list. */
  readonly listOf: (owner?: string) => Listing;
  /** Valid names for such a list, unsorted. */
  readonly unorderedNames: readonly string[];
  /** Owners whose names have a common prefix, or match each other as SQL patterns. */
  readonly similarOwners: (base: string) => readonly string[];
}

export const LISTINGS: Readonly<Record<string, ListingKind>> = {
  'memberships of an organization': {
    listOf: (owner = unique('acme')) => {
      const organization = { organizationName: parseSlug(owner), id: `org_of_${owner}` };
      const membership = (name: string): Membership =>
        aMembership(organization, { username: parseUsername(name), id: `user_of_${name}` });
      return {
        ...membershipsNamed(membership),
        page: (store, request) =>
          store.listMembershipsOfOrganization(organization.organizationName, request, deadline()),
        nameOf: (record) => ('memberUsername' in record ? record.memberUsername : record.id),
      };
    },
    unorderedNames: [
      'z',
      'a_',
      'aa',
      '0',
      'a',
      'a.b',
      'a-',
      '9z',
      'a.',
      'a0',
      'ab',
      '10',
      'a-b',
      '1',
      'a_b',
      '2',
    ],
    similarOwners: (base) => [base, `${base}-b`, `${base}-`, `${base}0`, `x${base}`, `${base}a`],
  },

  'memberships of a user': {
    listOf: (owner = unique('ann')) => {
      const user = { username: parseUsername(owner), id: `user_of_${owner}` };
      const membership = (name: string): Membership =>
        aMembership({ organizationName: parseSlug(name), id: `org_of_${name}` }, user);
      return {
        ...membershipsNamed(membership),
        page: (store, request) => store.listMembershipsOfUser(user.username, request, deadline()),
        nameOf: (record) => record.organizationName,
      };
    },
    unorderedNames: [
      'z',
      'aa',
      '0',
      'a',
      '-a',
      'a-',
      '9z',
      'a0',
      'ab',
      '10',
      'a-b',
      '1',
      'a--',
      '2',
      '-',
      'ba',
    ],
    similarOwners: (base) => [
      base,
      `${base}.`,
      `${base}.b`,
      `${base}_`,
      `${base}_b`,
      `${base}-b`,
      `${base}ab`,
      `x${base}`,
    ],
  },

  'invitations of an organization': {
    listOf: (owner = unique('org_')) => {
      const email = uniqueEmail();
      const organizationName = uniqueSlug();
      const invitation = (id: string): Invitation =>
        anInvitation({ id, organizationId: owner, organizationName, email });
      return {
        put: (name, version = 0, expected = version === 0 ? 'absent' : 'live') => {
          const record = invitation(name);
          const key = keyOfInvitation(record);
          return expected === 'absent' ? create(key, record, version) : update(key, version, record);
        },
        remove: (name, version) => erase({ kind: 'invitation', organizationId: owner, id: name }, version),
        page: (store, request) => store.listInvitations(owner, request, deadline()),
        nameOf: (record) => ('id' in record ? record.id : record.memberUsername),
      };
    },
    unorderedNames: [
      'inv_b',
      'inv_B',
      'inv_01',
      'inv_1',
      'inv_a',
      'inv_',
      'inv_9',
      'inv_10',
      'inv-',
      'inv_aa',
      'Inv_z',
    ],
    similarOwners: (base) => [
      `org_${base}`,
      `org_${base}0`,
      `orgx${base}`,
      `legacy:${base}`,
      `legacy:${base}-b`,
    ],
  },
};

function membershipsNamed(membership: (name: string) => Membership): Pick<Listing, 'put' | 'remove'> {
  return {
    put: (name, version = 0, expected = version === 0 ? 'absent' : 'live') => {
      const record = membership(name);
      const key = keyOfMembership(record);
      return expected === 'absent' ? create(key, record, version) : update(key, version, record);
    },
    remove: (name, version) => erase(keyOfMembership(membership(name)), version),
  };
}

/** All names on the list, read page by page. @param between called between two pages */
export async function namesOf(
  listing: Listing,
  store: BoundStore,
  limit: number,
  between?: (pagesRead: number) => Promise<void>,
): Promise<string[]> {
  const found = await readAllPages((request) => listing.page(store, request), limit, between);
  return found.map(({ record }) => listing.nameOf(record));
}
