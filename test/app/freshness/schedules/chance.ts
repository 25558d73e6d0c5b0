import { OF_STORE, SETS } from './pending-operation.ts';
import type { Course, Disruption, Fate, PortOperation } from './schedule.ts';

export type Way = 'request' | 'answer' | 'landing';

const NOTHING_IN_PARTICULAR: Course = {
  picks: [],
  faults: [],
  commonFaults: {},
  requestDelays: { of: [], steps: [] },
  answerDelays: [],
  landingDelays: [],
  disruptions: [],
};

/** What the course of a round says, asked in the order in which things come. */
export class Chance {
  #course = NOTHING_IN_PARTICULAR;
  #since = 0;
  #isOver = false;
  #operations = new Map<PortOperation, number>();
  #sent = { request: 0, answer: 0, landing: 0 };

  /** @param step the next one */
  begin(course: Course, step: number): void {
    this.#course = course;
    this.#since = step;
    this.#operations = new Map();
    this.#sent = { request: 0, answer: 0, landing: 0 };
  }

  /** From now on nothing goes wrong, and everything happens in its turn. */
  end(): void {
    this.begin(NOTHING_IN_PARTICULAR, 0);
    this.#isOver = true;
  }

  /** Which of the pending ones takes the next step. */
  pick(step: number): number | undefined {
    return this.#course.picks[step - this.#since];
  }

  disruptions(step: number): readonly Disruption[] {
    return this.#course.disruptions.filter(({ at }) => at === step - this.#since).map(({ what }) => what);
  }

  /** @param cacheFate what all cache operations of the instance come to now, if anything */
  fateOf(operation: PortOperation, cacheFate: Fate | undefined): Fate {
    if (this.#isOver) return 'answered';
    const isSet = SETS.includes(operation);
    if (!OF_STORE.includes(operation) && (cacheFate === 'failed' || (cacheFate !== undefined && isSet))) {
      return cacheFate;
    }
    const nth = this.#operations.get(operation) ?? 0;
    this.#operations.set(operation, nth + 1);
    const { faults, commonFaults } = this.#course;
    const meant = faults.find((fault) => fault.operation === operation && fault.nth === nth)?.fate;
    return meant ?? commonFaults[operation]?.[nth] ?? 'answered';
  }

  /** How many steps the next operation, or answer, or late landing is on its way. */
  delay(way: Way, operation: PortOperation): number | undefined {
    const { requestDelays, answerDelays: answer, landingDelays: landing } = this.#course;
    const { of: slow, steps: request } = requestDelays;
    if (way === 'request' && !slow.includes(operation)) return undefined;
    this.#sent[way] += 1;
    return { request, answer, landing }[way][this.#sent[way] - 1];
  }
}
