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
import { type EventPage, type EventPageRequest, readEventPage } from './event-page.ts';
import { callerReadSet, userReadSet } from './read-sets.ts';

/** Users. Errors common to all methods: see `AccountService`. */
export class Users {
  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /**
   * Allowed for any user or anonymous caller, and for services with the scope `admin`.
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

  /** Allowed for any user or anonymous caller, and for services with the scope `read`. @throws {Forbidden | UserNotFound} */
  async get(caller: Caller, username: Username): Promise<Versioned<User>> {
    const loaded = await this.#parts.records.read(userReadSet(caller, username));
    return { record: readableUser(loaded, caller), version: loaded.user.version };
  }

  /** The user with this e-mail address. Allowed for services with the scope `read`. @throws {Forbidden | UserNotFound} */
  async findByEmail(caller: Caller, email: EmailAddress): Promise<Versioned<User>> {
    const { records } = this.#parts;
    const normalized = normalizeEmail(email);
    const { claim, ...loaded } = await records.read({
      ...callerReadSet(caller),
      claim: emailKey(normalized),
    });
    requireDirectService(caller, loaded.caller, 'read');
    if (claim.record === undefined) throw new UserNotFound();
    const { user } = await records.read({ user: userKey(claim.record.username) });
    // The claim was read earlier: since then, the user may have changed the address or been deleted.
    const current = user.record?.email;
    if (user.record === undefined || current === undefined || normalizeEmail(current) !== normalized) {
      throw new UserNotFound();
    }
    return { record: user.record, version: user.version };
  }

  /**
   * Allowed for the user and for services with the scope `admin`. Setting current values changes nothing.
   * @param ifVersion the version that the user must have; `undefined` = any
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
   * Allowed for the user and for services with the scope `admin`. All memberships of the user end immediately.
   * @param ifVersion the version that the user must have; `undefined` = any
   * @throws {Forbidden | UserNotFound | VersionMismatch}
   * @throws {LastOwner} the user is the only Owner of an organization
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

  /** Allowed for services with the scope `admin`. @throws {Forbidden | UserNotFound} */
  async suspend(caller: Caller, username: Username): Promise<Versioned<User>> {
    return this.#setStatus(caller, username, 'suspended');
  }

  /** Allowed for services with the scope `admin`. @throws {Forbidden | UserNotFound} */
  async resume(caller: Caller, username: Username): Promise<Versioned<User>> {
    return this.#setStatus(caller, username, 'active');
  }

  /** Allowed for the user and for services with the scope `read`. @throws {Forbidden | UserNotFound} */
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
