/** Something that can happen next. */
export interface Step {
  /** Whether it happens by itself only when nothing else can: a sleeper wakes, a late operation lands. */
  readonly isPatient: boolean;
  run(): Promise<void> | void;
}

/**
 * What can happen next, and what does. Left alone, whatever the last step brought about goes on first, so that a call runs
 * to its end before another begins; every other order is a switch.
 */
export class Steps {
  readonly #pending: { readonly step: Step; readonly since: number }[] = [];
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
    const at = to === undefined ? this.#next() : to % Math.max(1, this.#pending.length);
    this.#taken += 1;
    return this.#pending.splice(at, 1)[0]?.step;
  }

  /** The first of the youngest that are not patient; else the oldest. */
  #next(): number {
    let best = 0;
    for (const [i, one] of this.#pending.entries()) {
      const sofar = this.#pending[best];
      if (sofar === undefined || one.step.isPatient) continue;
      if (sofar.step.isPatient || one.since > sofar.since) best = i;
    }
    return best;
  }
}
