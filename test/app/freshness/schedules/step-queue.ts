/** An event that can happen next. */
export interface Step {
  /**
   * 0 = the step is ready at once. Otherwise it runs by default only when no immediate step is left, shortest delay first:
   * a late write is applied, a sleep ends.
   */
  readonly delayMs: number;
  /** Other steps run first until this many steps have been taken. */
  readonly notBefore?: number;
  run(): Promise<void> | void;
}

/** Steps with a longer delay cannot be chosen early: running one advances the clock that far for all instances. */
const LONG_DELAY_MS = 25;

interface QueuedStep {
  readonly step: Step;
  /** How many steps had been taken when it was added. */
  readonly addedAt: number;
}

/**
 * The pending steps and the order in which they run. By default the steps that the last step caused run first, so that a
 * call runs to its end before another one starts; any other order is a preemption.
 */
export class StepQueue {
  readonly #pending: QueuedStep[] = [];
  #taken = 0;

  /** The number of steps taken so far. */
  get taken(): number {
    return this.#taken;
  }

  get pending(): readonly Step[] {
    return this.#pending.map(({ step }) => step);
  }

  add(step: Step): void {
    this.#pending.push({ step, addedAt: this.#taken });
  }

  remove(step: Step): void {
    const index = this.#pending.findIndex((queued) => queued.step === step);
    if (index >= 0) this.#pending.splice(index, 1);
  }

  /** Removes the next step. @param choice selects an eligible step, modulo their count; `undefined` = the default step */
  take(choice: number | undefined): Step | undefined {
    const ready = this.#pending.filter(({ step }) => (step.notBefore ?? 0) <= this.#taken);
    const eligible = ready.filter(({ step }) => step.delayMs < LONG_DELAY_MS);
    const next =
      choice === undefined || eligible.length === 0
        ? defaultNext(ready.length > 0 ? ready : this.#pending)
        : eligible[choice % eligible.length];
    this.#taken += 1;
    if (next !== undefined) this.remove(next.step);
    return next?.step;
  }
}

/** The step with the shortest delay; among immediate steps the first of the newest, among delayed ones the oldest. */
function defaultNext(pending: readonly QueuedStep[]): QueuedStep | undefined {
  return pending.reduce<QueuedStep | undefined>((best, queued) => {
    if (best === undefined) return queued;
    const difference = queued.step.delayMs - best.step.delayMs;
    const isNewer = queued.step.delayMs === 0 && queued.addedAt > best.addedAt;
    return difference < 0 || (difference === 0 && isNewer) ? queued : best;
  }, undefined);
}
