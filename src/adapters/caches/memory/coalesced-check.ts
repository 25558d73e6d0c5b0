/** After this many successive coalesced checks for one caller each, every caller gets a check of its own. */
const SINGLE_CALLERS = 8;
/** Then one call in this many is coalesced, to detect concurrent callers. */
const CALLS_PER_TRIAL = 32;

/**
 * Runs a check for each caller, after its call. Concurrent callers share one check at the end of the turn of the event
 * loop. For a single caller, waiting for the end of the turn would cost more than the check, so it is run at once.
 */
export class CoalescedCheck<T> {
  readonly #check: () => T;
  readonly #endOfTurn: () => Promise<void>;
  #pending: Promise<T> | undefined;
  /** The callers of the pending check. */
  #callers = 0;
  /** Coalesced checks in a row that served one caller. */
  #singleCallers = 0;
  #callsSinceTrial = 0;

  constructor(check: () => T, endOfTurn = endOfThisTurn) {
    this.#check = check;
    this.#endOfTurn = endOfTurn;
  }

  /** @throws what the check throws */
  run(): T | Promise<T> {
    this.#callsSinceTrial += 1;
    const isSingle = this.#singleCallers >= SINGLE_CALLERS && this.#callsSinceTrial < CALLS_PER_TRIAL;
    if (isSingle && this.#pending === undefined) return this.#check();
    this.#callers += 1;
    this.#pending ??= this.#endOfTurn().then(() => {
      this.#singleCallers = this.#callers === 1 ? this.#singleCallers + 1 : 0;
      this.#callers = 0;
      this.#callsSinceTrial = 0;
      this.#pending = undefined;
      return this.#check();
    });
    return this.#pending;
  }
}

function endOfThisTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
