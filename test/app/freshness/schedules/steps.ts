/** Something that can happen next. */
export interface Step {
  /**
   * 0 = it happens as soon as nothing younger does. Otherwise only when nothing else can, the least patient first: a late
   * operation lands, a sleeper wakes. Milliseconds.
   */
  readonly patience: number;
  /** Until so many steps have been taken, others come first. */
  readonly notBefore?: number;
  run(): Promise<void> | void;
}

/** Whoever is more patient is never called before their time: others would find that much time gone. */
const LONG = 25;

interface Pending {
  readonly step: Step;
  /** How many steps had been taken by then. */
  readonly since: number;
}

/**
 * What can happen next, and what does. Left alone, whatever the last step brought about goes on first, so that a call runs
 * to its end before another begins; every other order is a switch.
 */
export class Steps {
  readonly #pending: Pending[] = [];
  #taken = 0;

  /** How many have been taken. */
  get taken(): number {
    return this.#taken;
  }

  get pending(): readonly Step[] {
    return this.#pending.map(({ step }) => step);
  }

  add(step: Step): void {
    this.#pending.push({ step, since: this.#taken });
  }

  remove(step: Step): void {
    const at = this.#pending.findIndex((one) => one.step === step);
    if (at >= 0) this.#pending.splice(at, 1);
  }

  /** @param to which of the pending ones, by any number; `undefined` = the one whose turn it is */
  take(to: number | undefined): Step | undefined {
    const ready = this.#pending.filter(({ step }) => (step.notBefore ?? 0) <= this.#taken);
    const callable = ready.filter(({ step }) => step.patience < LONG);
    const next =
      to === undefined || callable.length === 0
        ? turnAmong(ready.length > 0 ? ready : this.#pending)
        : callable[to % callable.length];
    this.#taken += 1;
    if (next !== undefined) this.remove(next.step);
    return next?.step;
  }
}

/** The least patient; of the impatient, the first of the youngest; of others, the oldest. */
function turnAmong(pending: readonly Pending[]): Pending | undefined {
  return pending.reduce<Pending | undefined>((best, one) => {
    if (best === undefined) return one;
    const less = one.step.patience - best.step.patience;
    return less < 0 || (less === 0 && one.step.patience === 0 && one.since > best.since) ? one : best;
  }, undefined);
}
