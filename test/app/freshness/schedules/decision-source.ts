import { STORE_OPERATIONS, WRITE_OPERATIONS } from './pending-operation.ts';
import type { Disruption, InjectedOutcome, PortOperation, RoundDecisions } from './schedule.ts';

export type DelayKind = 'request' | 'response' | 'lateApply';

const NO_DECISIONS: RoundDecisions = {
  stepChoices: [],
  faults: [],
  faultsByOperation: {},
  requestDelays: { operations: [], steps: [] },
  responseDelays: [],
  lateApplyDelays: [],
  disruptions: [],
};

/** Hands out the decisions of the current round in the order in which the simulation needs them. */
export class DecisionSource {
  #decisions = NO_DECISIONS;
  #firstStep = 0;
  #isOver = false;
  #operationCounts = new Map<PortOperation, number>();
  #delayCounts = { request: 0, response: 0, lateApply: 0 };

  /** @param step number of the next step */
  begin(decisions: RoundDecisions, step: number): void {
    this.#decisions = decisions;
    this.#firstStep = step;
    this.#operationCounts = new Map();
    this.#delayCounts = { request: 0, response: 0, lateApply: 0 };
  }

  /** Stops fault injection; steps run in the default order from now on. */
  end(): void {
    this.begin(NO_DECISIONS, 0);
    this.#isOver = true;
  }

  /** Which of the pending steps runs at this step; `undefined` = the default one. */
  stepChoice(step: number): number | undefined {
    return this.#decisions.stepChoices[step - this.#firstStep];
  }

  disruptions(step: number): readonly Disruption[] {
    return this.#decisions.disruptions
      .filter(({ at }) => at === step - this.#firstStep)
      .map(({ disruption }) => disruption);
  }

  /** @param partitionOutcome set while the instance is partitioned from the cache */
  nextOutcome(operation: PortOperation, partitionOutcome: InjectedOutcome | undefined): InjectedOutcome {
    if (this.#isOver) return 'ok';
    const isCacheOperation = !STORE_OPERATIONS.includes(operation);
    const affectsReads = partitionOutcome === 'failed';
    if (
      isCacheOperation &&
      partitionOutcome !== undefined &&
      (affectsReads || WRITE_OPERATIONS.includes(operation))
    ) {
      return partitionOutcome;
    }
    const nth = this.#operationCounts.get(operation) ?? 0;
    this.#operationCounts.set(operation, nth + 1);
    const { faults, faultsByOperation } = this.#decisions;
    const specific = faults.find((fault) => fault.operation === operation && fault.nth === nth)?.outcome;
    return specific ?? faultsByOperation[operation]?.[nth] ?? 'ok';
  }

  /** The delay of the next message of this kind, in steps. */
  nextDelay(kind: DelayKind, operation: PortOperation): number | undefined {
    const { requestDelays, responseDelays: response, lateApplyDelays: lateApply } = this.#decisions;
    const { operations: slowOperations, steps: request } = requestDelays;
    if (kind === 'request' && !slowOperations.includes(operation)) return undefined;
    this.#delayCounts[kind] += 1;
    return { request, response, lateApply }[kind][this.#delayCounts[kind] - 1];
  }
}
