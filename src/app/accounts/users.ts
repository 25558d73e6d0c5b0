import { requireDirectService } from '../../domain/access/acting-user.ts';
import { readableUser, selfOrService } from '../../domain/access/read-access.ts';
import type { AccountStatus } from '../../domain/account-status.ts';
import type { Caller } from '../../domain/caller.ts';
import { UserNotFound } from '../../domain/errors.ts';
import { type EmailAddress, normalizeEmail, type Username } from '../../domain/names.ts';
import { type NewUser, planCreateUser } from '../../domain/plans/create-user.ts';
import { deletionReadSet, planDeleteUser } from '../../domain/plans/delete-user.ts';
import { planSetUserStatus } from '../../domain/plans/set-user-status.ts';
import { emailClaimsOf, planUpdateUser, type UserEdit } from '../../domain/plans/update-user.ts';
import { emailKey, userKey, type Versioned } from '../../domain/records.ts';
import type { User } from '../../domain/user.ts';
import { type AccountParts, changeContextOf } from './account-parts.ts';
import { type EventPage, type EventPageRequest, readEventPage } from './event-pages.ts';
import { callerReadSet, userReadSet } from './read-sets.ts';

/** The life of users. Errors that every method has are told at `AccountService`. */
export class Users {
  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /**
   * By anybody who gets this far; of services by those with the scope `admin`.
   * @throws {Forbidden | UserAlreadyExists | EmailTaken}
   */
  async create(caller: Caller, newUser: NewUser): Promise<Versioned<User>> {
    const { records, ids, clock } = this.#parts;
    const { username, email } = newUser;
    const id = ids.userId();
    const context = changeContextOf(caller, clock);
    return records.change(
      {
        ...userReadSet(caller, username),
        claim: email === undefined ? undefined : emailKey(normalizeEmail(email)),
      },
      (loaded) => planCreateUser(loaded, newUser, id, context),
    );
  }

  /** To anybody who gets this far; of services to those with the scope `read`. @throws {Forbidden | UserNotFound} */
  async get(caller: Caller, username: Username): Promise<Versioned<User>> {
    const loaded = await this.#parts.records.read(userReadSet(caller, username));
    return { record: readableUser(loaded, caller), version: loaded.user.version };
  }

  /** The user who has this e-mail address, to services with the scope `read`. @throws {Forbidden | UserNotFound} */
  async findByEmail(caller: Caller, email: EmailAddress): Promise<Versioned<User>> {
    const { records } = this.#parts;
    const claimed = normalizeEmail(email);
    const { claim, ...loaded } = await records.read({
      ...callerReadSet(caller),
      claim: emailKey(claimed),
    });
    requireDirectService(caller, loaded.caller, 'read');
    if (claim.record === undefined) throw new UserNotFound();
    const { user } = await records.read({ user: userKey(claim.record.username) });
    // The claim was read a moment before: the user may have given up the address since, or be gone.
    const held = user.record?.email;
    if (user.record === undefined || held === undefined || normalizeEmail(held) !== claimed)
      throw new UserNotFound();
    return { record: user.record, version: user.version };
  }

  /**
   * By the user, or by services with the scope `admin`. What is as it was already changes nothing.
   * @param ifVersion the version that the user must have, where the caller insists on one
   * @throws {Forbidden | UserNotFound | VersionMismatch | EmailTaken}
   */
  async update(
    caller: Caller,
    username: Username,
    edit: UserEdit,
    ifVersion?: number,
  ): Promise<Versioned<User>> {
    const { records, clock } = this.#parts;
    const context = changeContextOf(caller, clock);
    return records.changeWithFollowUp(
      userReadSet(caller, username),
      ({ user }) => ({ ...emailClaimsOf(user, edit) }),
      (loaded) => planUpdateUser(loaded, edit, ifVersion, context),
    );
  }

  /**
   * By the user, or by services with the scope `admin`. Their memberships end at once.
   * @param ifVersion the version that the user must have, where the caller insists on one
   * @throws {Forbidden | UserNotFound | VersionMismatch}
   * @throws {LastOwner} while the user is the only Owner of an organization
   */
  async delete(caller: Caller, username: Username, ifVersion?: number): Promise<void> {
    const { records, clock } = this.#parts;
    const context = changeContextOf(caller, clock);
    return records.changeWithFollowUp(
      userReadSet(caller, username),
      ({ user }) => ({ ...deletionReadSet(user) }),
      (loaded) => planDeleteUser(loaded, ifVersion, context),
    );
  }

  /** By services with the scope `admin`. @throws {Forbidden | UserNotFound} */
  async suspend(caller: Caller, username: Username): Promise<Versioned<User>> {
    return this.#setStatus(caller, username, 'suspended');
  }

  /** By services with the scope `admin`. @throws {Forbidden | UserNotFound} */
  async resume(caller: Caller, username: Username): Promise<Versioned<User>> {
    return this.#setStatus(caller, username, 'active');
  }

  /** To the user, and to services with the scope `read`. @throws {Forbidden | UserNotFound} */
  async listEvents(caller: Caller, username: Username, page: EventPageRequest): Promise<EventPage> {
    const loaded = await this.#parts.records.read(userReadSet(caller, username));
    const { id } = selfOrService(loaded, caller);
    return readEventPage(this.#parts, { kind: 'user', id }, page);
  }

  #setStatus(caller: Caller, username: Username, status: AccountStatus): Promise<Versioned<User>> {
    const { records, clock } = this.#parts;
    const context = changeContextOf(caller, clock);
    return records.change(userReadSet(caller, username), (loaded) =>
      planSetUserStatus(loaded, status, context),
    );
  }
}
