import { actorOf, type Caller } from '../domain/caller.ts';
import {
  Forbidden,
  MembershipNotFound,
  MembershipSuspended,
  OrganizationNotFound,
  Unauthenticated,
  UserNotFound,
} from '../domain/errors.ts';
import { belongs, type Membership, standing } from '../domain/membership.ts';
import { claimOf, type Slug, type Username } from '../domain/names.ts';
import type { Organization } from '../domain/organization.ts';
import { activeCaller, insider, requirePermission } from '../domain/plans/acting.ts';
import { planAddMember } from '../domain/plans/add-member.ts';
import { planChangeRole } from '../domain/plans/change-role.ts';
import type { Context } from '../domain/plans/context.ts';
import { type NewOrganization, planCreateOrganization } from '../domain/plans/create-organization.ts';
import { type NewUser, planCreateUser } from '../domain/plans/create-user.ts';
import { planRemoveMember } from '../domain/plans/remove-member.ts';
import {
  emailKey,
  live,
  membershipKey,
  organizationKey,
  type RecordKey,
  type RecordOf,
  userKey,
  type Versioned,
} from '../domain/records.ts';
import type { Role } from '../domain/role.ts';
import type { User } from '../domain/user.ts';
import type { Clock, Deadline } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { Page, PageRequest, RecordLists, RecordReader } from '../ports/user-store.ts';
import type { FreshRecords } from './freshness/fresh-records.ts';

/** A member as lists show it: the membership, and the user it belongs to. */
export interface Member {
  readonly membership: Versioned<Membership>;
  readonly user: User;
}

/**
 * What the outside may ask for. Every method takes who is asking first, and besides the refusals that it names throws
 * `Unauthenticated` (nobody, or no active user, is asking), `StoreUnavailable`, and for changes `CacheUnavailable`,
 * `OutcomeUnknown` and `Conflict`.
 */
export class AccountService {
  readonly #records: FreshRecords;
  readonly #store: RecordLists & RecordReader;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #storeTimeoutMs: number;

  constructor(parts: {
    records: FreshRecords;
    store: RecordLists & RecordReader;
    clock: Clock;
    ids: Ids;
    storeTimeoutMs: number;
  }) {
    this.#records = parts.records;
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#storeTimeoutMs = parts.storeTimeoutMs;
  }

  /** @throws {UserAlreadyExists | EmailTaken} */
  createUser(caller: Caller, newUser: NewUser): Promise<Versioned<User>> {
    const { username, email } = newUser;
    const id = this.#ids.userId();
    const context = this.#context(caller);
    return this.#records.change(
      {
        caller: caller.type === 'user' ? userKey(caller.username) : undefined,
        user: userKey(username),
        email: email === undefined ? undefined : emailKey(claimOf(email)),
      },
      (known) => planCreateUser(known, newUser, id, context),
    );
  }

  /** @throws {UserNotFound} */
  async getUser(caller: Caller, username: Username): Promise<Versioned<User>> {
    const known = await this.#records.read({
      caller: caller.type === 'user' ? userKey(caller.username) : undefined,
      user: userKey(username),
    });
    if (known.caller !== undefined) activeCaller(known.caller);
    return live(known.user) ?? refuse(new UserNotFound(username));
  }

  /** The caller becomes its founder and first Owner. @throws {OrganizationAlreadyExists | TooManyOrganizations} */
  async createOrganization(
    caller: Caller,
    newOrganization: NewOrganization,
  ): Promise<Versioned<Organization>> {
    const me = signedIn(caller);
    const { organizationName } = newOrganization;
    const id = this.#ids.organizationId();
    const context = this.#context(caller);
    return this.#records.change(
      {
        founder: userKey(me),
        organization: organizationKey(organizationName),
        membership: membershipKey(organizationName, me),
      },
      (known) => planCreateOrganization(known, newOrganization, id, context),
    );
  }

  /** @throws {OrganizationNotFound} also where the caller is no member */
  async getOrganization(caller: Caller, organization: Slug): Promise<Versioned<Organization>> {
    const known = await this.#records.read(actingKeys(signedIn(caller), organization));
    insider(known);
    return live(known.organization) ?? refuse(new OrganizationNotFound(organization));
  }

  /**
   * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | UserNotFound | UserSuspended |
   *   MembershipAlreadyExists | TooManyOwners | TooManyOrganizations}
   */
  async addUserToOrganization(
    caller: Caller,
    organization: Slug,
    username: Username,
    role: Role,
  ): Promise<Versioned<Membership>> {
    const context = this.#context(caller);
    return this.#records.change(actingOnMemberKeys(signedIn(caller), organization, username), (known) =>
      planAddMember(known, role, context),
    );
  }

  /**
   * The membership while it is in force. Outsiders may ask about themselves only.
   * @throws {OrganizationNotFound | MembershipNotFound | MembershipSuspended}
   */
  async getMembership(
    caller: Caller,
    organization: Slug,
    username: Username,
  ): Promise<Versioned<Membership>> {
    const me = signedIn(caller);
    const known = await this.#records.read(actingOnMemberKeys(me, organization, username));
    activeCaller(known.caller);
    if (username !== me) insider(known);
    const found = standing(known.membership.record, known.user.record, known.organization.record);
    if (found.inForce) return { record: found.membership, version: known.membership.version };
    switch (found.reason) {
      case 'organization_not_found':
        throw new OrganizationNotFound(organization);
      case 'membership_not_found':
        throw new MembershipNotFound(organization, username);
      case 'membership_suspended':
        throw new MembershipSuspended(organization, username);
    }
  }

  /** By username. @throws {OrganizationNotFound | Forbidden} */
  async listMembers(caller: Caller, organization: Slug, page: PageRequest): Promise<Page<Member>> {
    const acting = insider(await this.#records.read(actingKeys(signedIn(caller), organization)));
    requirePermission(acting, 'members.read');
    const deadline = this.#storeDeadline();
    const { items, ...next } = await this.#store.listMembershipsOfOrganization(organization, page, deadline);
    const users = await this.#living(
      items.map(({ record }) => userKey(record.memberUsername)),
      deadline,
    );
    const members = items.flatMap((membership, i) => {
      const user = users[i];
      return user !== undefined && belongs(membership.record, user, acting.organization)
        ? [{ membership, user }]
        : [];
    });
    return { items: members, ...next };
  }

  /** By organization name; everyone's own only. @throws {Forbidden} */
  async listOrganizations(
    caller: Caller,
    username: Username,
    page: PageRequest,
  ): Promise<Page<Versioned<Membership>>> {
    const me = signedIn(caller);
    const user = activeCaller((await this.#records.read({ caller: userKey(me) })).caller);
    if (username !== me) throw new Forbidden('Only your own organizations can be listed.');
    const deadline = this.#storeDeadline();
    const { items, ...next } = await this.#store.listMembershipsOfUser(username, page, deadline);
    const organizations = await this.#living(
      items.map(({ record }) => organizationKey(record.organizationName)),
      deadline,
    );
    return { items: items.filter(({ record }, i) => belongs(record, user, organizations[i])), ...next };
  }

  /**
   * @param ifVersion the version that the membership must have, where the caller insists on one
   * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | VersionMismatch |
   *   LastOwner | TooManyOwners | TooManyOrganizations}
   */
  async changeRole(
    caller: Caller,
    organization: Slug,
    username: Username,
    role: Role,
    ifVersion?: number,
  ): Promise<Versioned<Membership>> {
    const context = this.#context(caller);
    return this.#records.change(actingOnMemberKeys(signedIn(caller), organization, username), (known) =>
      planChangeRole(known, role, ifVersion, context),
    );
  }

  /**
   * Removes a member, or leaves where it is oneself.
   * @param ifVersion the version that the membership must have, where the caller insists on one
   * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | VersionMismatch | LastOwner}
   */
  async removeMember(
    caller: Caller,
    organization: Slug,
    username: Username,
    ifVersion?: number,
  ): Promise<void> {
    const context = this.#context(caller);
    return this.#records.change(actingOnMemberKeys(signedIn(caller), organization, username), (known) =>
      planRemoveMember(known, ifVersion, context),
    );
  }

  /** The records of these keys in one snapshot; `undefined` for the dead. */
  async #living<Key extends RecordKey>(
    keys: readonly Key[],
    deadline: Deadline,
  ): Promise<readonly (RecordOf<Key> | undefined)[]> {
    if (keys.length === 0) return [];
    return (await this.#store.readMany(keys, deadline)).map(({ record }) => record);
  }

  #context(caller: Caller): Context {
    return { actor: actorOf(caller), at: new Date(this.#clock.now()).toISOString() };
  }

  #storeDeadline(): Deadline {
    return this.#clock.monotonic() + this.#storeTimeoutMs;
  }
}

/** @throws {Unauthenticated} */
function signedIn(caller: Caller): Username {
  if (caller.type === 'anonymous') throw new Unauthenticated('This needs credentials.');
  return caller.username;
}

function actingKeys(me: Username, organization: Slug) {
  return {
    caller: userKey(me),
    organization: organizationKey(organization),
    callerMembership: membershipKey(organization, me),
  };
}

function actingOnMemberKeys(me: Username, organization: Slug, username: Username) {
  return {
    ...actingKeys(me, organization),
    user: userKey(username),
    membership: membershipKey(organization, username),
  };
}

function refuse(refusal: Error): never {
  throw refusal;
}
