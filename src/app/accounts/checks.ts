import type { Caller } from '../../domain/caller.ts';
import { type Check, type CheckResult, evaluateCheck } from '../../domain/checks.ts';
import type { AccountParts } from './account-parts.ts';
import { memberReadSet } from './read-sets.ts';

/** Permission checks: the hot path of the service. Errors common to all methods: see `AccountService`. */
export class Checks {
  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /**
   * A result for each check, in the same order. All records of one result, including the caller's own, are from one
   * instant; different results may be from different instants. If the caller may not ask, no result is returned.
   * @param checks 1 to 100
   * @throws {Forbidden}
   */
  async check(caller: Caller, checks: readonly Check[]): Promise<readonly CheckResult[]> {
    return this.#parts.records.readEach(
      checks,
      ({ organization, username }) => memberReadSet(caller, organization, username),
      (loaded, check) => evaluateCheck(loaded, check, caller),
    );
  }
}
