import { OF_STORE, SETS } from './pending-operation.ts';
import type { Fate, Happening, PortOperation, Schedule } from './schedule.ts';

export type Way = 'request' | 'answer' | 'landing';

/** What the schedule says, asked in the order in which things come. */
export class Chance {
  readonly #schedule: Schedule;
  readonly #operations = new Map<PortOperation, number>();
  readonly #sent = { request: 0, answer: 0, landing: 0 };
  #sets = 0;
  #isOver = false;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** From now on nothing goes wrong, and everything happens in its turn. */
  end(): void {
    this.#isOver = true;
  }

  /** Which of the pending ones takes the next step. */
  pick(step: number): number | undefined {
    return this.#isOver ? undefined : this.#schedule.picks[step];
  }

  happenings(step: number): readonly Happening[] {
    if (this.#isOver) return [];
    return this.#schedule.happenings.filter(({ at }) => at === step).map(({ what }) => what);
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
    const { faults, weather } = this.#schedule;
    const meant = faults.find((fault) => fault.operation === operation && fault.nth === nth)?.fate;
    if (meant !== undefined || !isSet) return meant ?? 'answered';
    this.#sets += 1;
    return weather[this.#sets - 1] ?? 'answered';
  }

  /** How many steps the next one is on its way. */
  delay(way: Way): number | undefined {
    if (this.#isOver) return undefined;
    const { requestDelays: request, answerDelays: answer, landingDelays: landing } = this.#schedule;
    this.#sent[way] += 1;
    return { request, answer, landing }[way][this.#sent[way] - 1];
  }
}
