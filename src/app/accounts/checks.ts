import type { Caller } from '../../domain/caller.ts';
import { type Check, type CheckResult, evaluateCheck } from '../../domain/checks.ts';
import type { AccountParts } from './account-parts.ts';
import { memberReadSet } from './read-sets.ts';

/** The question that is asked on nearly every request. Errors that every method has are told at `AccountService`. */
export class Checks {
  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /**
   * An answer for each check, in their order. All records behind one answer, the caller's own included, were true
   * together; two answers may be of two moments. A caller who is not to be answered gets none of them.
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
