import type { AccountParts } from './accounts/account-parts.ts';
import { Checks } from './accounts/checks.ts';
import { Memberships } from './accounts/memberships.ts';
import { Organizations } from './accounts/organizations.ts';
import { Users } from './accounts/users.ts';
import type { IdempotentRequest } from './freshness/idempotent-request.ts';

/**
 * The operations of the account service. The first parameter of every method is the caller: a user, who must exist and be
 * active; a service in its own name; or a service on behalf of a user, with only that user's rights. In addition to its
 * documented errors, every method throws
 * - `Unauthenticated`: the caller is anonymous or not an active user
 * - `Forbidden`: the service lacks the scope, or must act on behalf of a user
 * - `UserNotFound`, `UserSuspended`: the user on whose behalf a service acts
 * - `StoreUnavailable`, and writes also `CacheUnavailable`, `OutcomeUnknown` and `Conflict`
 */
export class AccountService {
  readonly users: Users;
  readonly organizations: Organizations;
  readonly memberships: Memberships;
  readonly checks: Checks;

  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    this.#parts = parts;
    this.users = new Users(parts);
    this.organizations = new Organizations(parts);
    this.memberships = new Memberships(parts);
    this.checks = new Checks(parts);
  }

  /**
   * The same operations for one idempotent request: its changes are applied once, and a retry gets the first answer again.
   * Writes then also throw `IdempotencyKeyReused`.
   */
  withIdempotency(request: IdempotentRequest): AccountService {
    return new AccountService({ ...this.#parts, records: this.#parts.records.withIdempotency(request) });
  }
}
