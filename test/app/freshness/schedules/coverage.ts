import { decode } from '../../../../src/app/freshness/entry.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { Traced } from './trace.ts';

type Counted = Record<string, number>;

/** How often what is worth exploring was met. */
export class Coverage {
  readonly #counts: Counted = {};

  get counts(): Readonly<Counted> {
    return this.#counts;
  }

  add({ calls, traced, log, evictsMarkers }: SimulatedWorld): void {
    this.#count('schedules');
    if (evictsMarkers) this.#count('schedules with eviction');
    this.#count('commits', log.now);
    this.#count('steps', traced.length);
    for (const { ended, key, isGivenUp, operation } of calls) {
      if (isGivenUp) this.#count('calls given up');
      if (ended === undefined) continue;
      const kind = operation.changesAs === undefined ? 'questions' : 'changes';
      this.#count(`${kind}: ${ended.outcome.type}`);
      if (ended.outcome.type === 'failure') this.#count(`failures: ${ended.outcome.code}`);
      if (key !== undefined) this.#count('repeatable calls');
    }
    for (const one of traced) this.#addTraced(one);
  }

  #addTraced(one: Traced): void {
    if (one.type === 'crash') this.#count('crashes');
    if (one.type === 'woke') this.#count('polls');
    if (one.type === 'happening') this.#count(`happenings: ${one.what.type}`);
    if (one.type !== 'operation') return;
    const { operation, fate, effect, expected } = one;
    this.#count(fate);
    if (effect === 'none') return;
    if ('refusal' in effect) {
      this.#count(operation === 'commit' ? 'conflicts and late commits' : `${operation}: refused`);
      return;
    }
    const { answer } = effect;
    if (fate === 'landed') this.#count(`landed: ${operation}`);
    if (operation === 'get' || operation === 'getMany') {
      const entries = (operation === 'get' ? [answer] : answer) as (string | undefined)[];
      const types = entries.map((text) => (text === undefined ? 'nothing' : decode(text).type));
      this.#count(types.every((type) => type === 'value') ? 'hits' : 'misses');
      for (const type of types) this.#count(`seen: ${type}`);
    }
    if (operation === 'replace' && expected !== undefined) {
      const what = decode(expected).type === 'lease' ? 'fills' : 'publications';
      this.#count(answer === true ? what : `${what} refused`);
    }
    if (operation === 'add') this.#count(answer === true ? 'leases won' : 'leases lost');
    if (operation === 'readIdempotencyRecord' && answer !== undefined) this.#count('replays');
  }

  #count(what: string, times = 1): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + times;
  }
}
