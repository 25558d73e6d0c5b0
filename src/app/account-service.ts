import type { AccountParts } from './accounts/account-parts.ts';
import { Checks } from './accounts/checks.ts';
import { Memberships } from './accounts/memberships.ts';
import { Organizations } from './accounts/organizations.ts';
import { Users } from './accounts/users.ts';
import type { IdempotentRequest } from './freshness/idempotent-request.ts';

/**
 * What the outside may ask for. Every method takes who is asking first: a user, who must live and be active; a service in
 * its own name; or a service on behalf of a user, which may just what that user may. Besides the refusals that it names,
 * a method throws
 * - `Unauthenticated`: nobody, or no active user, is asking
 * - `Forbidden`: a service lacks the scope, or would have to name a user
 * - `UserNotFound`, `UserSuspended`: of the user on whose behalf a service asks
 * - `StoreUnavailable`, and for changes `CacheUnavailable`, `OutcomeUnknown` and `Conflict`
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
   * The same, for one request that its sender may repeat, not knowing what became of it: what it changes is changed once,
   * and the first answer is given again. Changes then throw `IdempotencyKeyReused` too.
   */
  withIdempotency(request: IdempotentRequest): AccountService {
    return new AccountService({ ...this.#parts, records: this.#parts.records.withIdempotency(request) });
  }
}
