import { decode } from '../../../../src/app/freshness/cache-entry.ts';
import type { Simulation } from './simulation.ts';
import type { TraceEvent } from './trace.ts';

type Counts = Record<string, number>;

/** Counts how often interesting situations occurred. */
export class Coverage {
  readonly #counts: Counts = {};

  get counts(): Readonly<Counts> {
    return this.#counts;
  }

  add({ calls, events, log, evictsMarkers }: Simulation): void {
    this.#count('schedules');
    if (evictsMarkers) this.#count('schedules with eviction of markers');
    this.#count('commits', log.latest);
    this.#count('events', events.length);
    for (const { response, idempotencyKey, isAbandoned, operation } of calls) {
      if (isAbandoned) this.#count('abandoned calls');
      if (response === undefined) continue;
      const kind = operation.writesAs === undefined ? 'reads' : 'writes';
      this.#count(`${kind}: ${response.outcome.type}`);
      if (response.outcome.type === 'failure') this.#count(`failures: ${response.outcome.code}`);
      if (idempotencyKey !== undefined) this.#count('idempotent calls');
    }
    for (const event of events) this.#addEvent(event);
  }

  #addEvent(event: TraceEvent): void {
    if (event.type === 'crash') this.#count('crashes');
    if (event.type === 'sleep ended') this.#count('polls');
    if (event.type === 'disruption') this.#count(`disruptions: ${event.disruption.type}`);
    if (event.type !== 'operation') return;
    const { operation, outcome, effect, expected } = event;
    this.#count(outcome);
    if (effect === 'none') return;
    if ('error' in effect) {
      this.#count(operation === 'commit' ? 'conflicts and late commits' : `${operation}: refused`);
      return;
    }
    const { result } = effect;
    if (outcome === 'late application') this.#count(`late application: ${operation}`);
    if (operation === 'get' || operation === 'getMany') {
      const entries = (operation === 'get' ? [result] : result) as (string | undefined)[];
      const types = entries.map((text) => (text === undefined ? 'no entry' : decode(text).type));
      this.#count(types.every((type) => type === 'value') ? 'hits' : 'misses');
      for (const type of types) this.#count(`entries read: ${type}`);
    }
    if (operation === 'replace' && expected !== undefined) {
      const kind = decode(expected).type === 'lease' ? 'fills' : 'publications';
      this.#count(result === true ? kind : `${kind} refused`);
    }
    if (operation === 'add') this.#count(result === true ? 'leases won' : 'leases lost');
    if (operation === 'readIdempotencyRecord' && result !== undefined) this.#count('replays');
  }

  #count(situation: string, times = 1): void {
    this.#counts[situation] = (this.#counts[situation] ?? 0) + times;
  }
}
