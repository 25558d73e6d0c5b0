import { readableOrganization, selfOrService } from '../../domain/access/read-access.ts';
import type { Caller } from '../../domain/caller.ts';
import { effectiveMembership } from '../../domain/checks.ts';
import { belongs, type Membership } from '../../domain/membership.ts';
import type { Slug, Username } from '../../domain/names.ts';
import { planAddMember } from '../../domain/plans/add-member.ts';
import { planChangeRole } from '../../domain/plans/change-role.ts';
import { ownedOrganizationsIfFull } from '../../domain/plans/ownership.ts';
import { planRemoveMember } from '../../domain/plans/remove-member.ts';
import {
  type KeyOf,
  type Loaded,
  organizationKey,
  type RecordKey,
  type RecordOf,
  userKey,
  type Versioned,
} from '../../domain/records.ts';
import type { Role } from '../../domain/role.ts';
import type { User } from '../../domain/user.ts';
import type { Deadline } from '../../ports/clock.ts';
import type { PageRequest } from '../../ports/user-store.ts';
import { type AccountParts, changeContextOf } from './account-parts.ts';
import type { OwnedPage } from './owned-page.ts';
import { memberReadSet, organizationReadSet, userReadSet } from './read-sets.ts';

/** An item of the list of members: the membership and its user. */
export interface Member {
  readonly membership: Versioned<Membership>;
  readonly user: User;
}

/**
 * The members of organizations and their roles. Users who are not members get `OrganizationNotFound`, whether the
 * organization exists or not. Errors common to all methods: see `AccountService`.
 */
export class Memberships {
  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /**
   * Adds a member. Allowed for Owners and Admins; only an Owner can add an Owner.
   * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | UserNotFound | UserSuspended |
   *   MembershipAlreadyExists | TooManyOwners | TooManyOrganizations}
   */
  async add(
    caller: Caller,
    organization: Slug,
    username: Username,
    role: Role,
  ): Promise<Versioned<Membership>> {
    const { records, clock } = this.#parts;
    const context = changeContextOf(caller, clock);
    return records.changeWithFollowUp(
      memberReadSet(caller, organization, username),
      ({ user }) => followUpFor(role, user),
      (loaded) => planAddMember(loaded, role, context),
    );
  }

  /**
   * The membership, if it is in force. Allowed for members of the organization, for the user, and for services with the
   * scope `read`.
   * @throws {OrganizationNotFound | MembershipNotFound | MembershipSuspended | Forbidden}
   */
  async get(caller: Caller, organization: Slug, username: Username): Promise<Versioned<Membership>> {
    const loaded = await this.#parts.records.read(memberReadSet(caller, organization, username));
    return effectiveMembership(loaded, caller);
  }

  /**
   * Changes the role of a member. Allowed as for `add`. Setting the current role changes nothing.
   * @param ifVersion the version that the membership must have; `undefined` = any
   * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | VersionMismatch |
   *   UserSuspended | LastOwner | TooManyOwners | TooManyOrganizations}
   */
  async changeRole(
    caller: Caller,
    organization: Slug,
    username: Username,
    role: Role,
    ifVersion?: number,
  ): Promise<Versioned<Membership>> {
    const { records, clock } = this.#parts;
    const context = changeContextOf(caller, clock);
    return records.changeWithFollowUp(
      memberReadSet(caller, organization, username),
      ({ user }) => followUpFor(role, user),
      (loaded) => planChangeRole(loaded, role, ifVersion, context),
    );
  }

  /**
   * Removes a member. Allowed for Owners and Admins, and for the member itself; only an Owner can remove an Owner.
   * @param ifVersion the version that the membership must have; `undefined` = any
   * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | VersionMismatch | LastOwner}
   */
  async remove(caller: Caller, organization: Slug, username: Username, ifVersion?: number): Promise<void> {
    const { records, clock } = this.#parts;
    const context = changeContextOf(caller, clock);
    return records.change(memberReadSet(caller, organization, username), (loaded) =>
      planRemoveMember(loaded, ifVersion, context),
    );
  }

  /**
   * The members of an organization, ordered by username. Allowed for its members and for services with the scope `read`.
   * @throws {OrganizationNotFound | Forbidden}
   */
  async listMembers(caller: Caller, organization: Slug, page: PageRequest): Promise<OwnedPage<Member>> {
    const { records, store } = this.#parts;
    const loaded = await records.read(organizationReadSet(caller, organization));
    const readable = readableOrganization(loaded, 'members.read', caller);
    const deadline = this.#deadline();
    const {
      answer: { items, ...next },
    } = await store.read((its) => its.listMembershipsOfOrganization(organization, page, deadline));
    const users = await this.#readLive(
      items.map(({ record }) => userKey(record.memberUsername)),
      deadline,
    );
    const members = items.flatMap((membership, i) => {
      const user = users[i];
      return user !== undefined && belongs(membership.record, user, readable) ? [{ membership, user }] : [];
    });
    return { owner: readable.id, items: members, ...next };
  }

  /**
   * The memberships of a user, ordered by organization name. Allowed for the user and for services with the scope `read`.
   * @throws {Forbidden | UserNotFound}
   */
  async listOrganizations(
    caller: Caller,
    username: Username,
    page: PageRequest,
  ): Promise<OwnedPage<Versioned<Membership>>> {
    const { records, store } = this.#parts;
    const user = selfOrService(await records.read(userReadSet(caller, username)), caller);
    const deadline = this.#deadline();
    const {
      answer: { items, ...next },
    } = await store.read((its) => its.listMembershipsOfUser(username, page, deadline));
    const organizations = await this.#readLive(
      items.map(({ record }) => organizationKey(record.organizationName)),
      deadline,
    );
    const memberships = items.filter(({ record }, i) => belongs(record, user, organizations[i]));
    return { owner: user.id, items: memberships, ...next };
  }

  /** The records of these keys from one snapshot; `undefined` for deleted ones. */
  async #readLive<Key extends RecordKey>(
    keys: readonly Key[],
    deadline: Deadline,
  ): Promise<readonly (RecordOf<Key> | undefined)[]> {
    if (keys.length === 0) return [];
    const { answer } = await this.#parts.store.read((its) => its.readMany(keys, deadline));
    return answer.map(({ record }) => record);
  }

  #deadline(): Deadline {
    return this.#parts.clock.monotonic() + this.#parts.storeTimeoutMs;
  }
}

/** The further records that are needed to give a user this role. */
function followUpFor(role: Role, user: Loaded<KeyOf<'user'>>) {
  return { ownedOrganizations: role === 'Owner' ? ownedOrganizationsIfFull(user) : [] };
}
