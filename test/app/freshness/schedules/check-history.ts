import { recordId } from '../../../../src/domain/records.ts';
import { formatEntry } from './formatting.ts';
import type { Call } from './history.ts';
import { Linearizability } from './linearizability.ts';
import { withoutOwner } from './owners.ts';
import type { Simulation } from './simulation.ts';
import type { Violation } from './violation.ts';

/** The first property that a finished simulation violated. */
export async function checkHistory(simulation: Simulation): Promise<Violation | undefined> {
  return (
    withoutResponse(simulation.calls) ??
    inconsistentRetry(simulation.calls) ??
    (await new Linearizability(simulation.log).check(simulation)) ??
    withoutOwner(simulation.log) ??
    (simulation.evictsMarkers ? undefined : staleEntry(simulation))
  );
}

function withoutResponse(calls: readonly Call[]): Violation | undefined {
  const call = calls.find(({ response, isAbandoned }) => response === undefined && !isAbandoned);
  return call && { property: 'no response', details: 'no pending step can complete the call', call };
}

function inconsistentRetry(calls: readonly Call[]): Violation | undefined {
  const firstAnswers = new Map<string, string>();
  for (const call of calls) {
    const outcome = call.response?.outcome;
    if (call.idempotencyKey === undefined || outcome?.type !== 'success') continue;
    const first = firstAnswers.get(call.idempotencyKey) ?? outcome.text;
    firstAnswers.set(call.idempotencyKey, first);
    if (first !== outcome.text) {
      return { property: 'retry answered differently', details: `the first answer was ${first}`, call };
    }
  }
  return undefined;
}

function staleEntry(simulation: Simulation): Violation | undefined {
  const [first] = simulation.finalDivergences;
  return (
    first && {
      property: 'stale entry left in the cache',
      details: `${recordId(first.key)}: the cache holds ${formatEntry(first.cached)}, the store holds ${formatEntry(first.stored)}`,
    }
  );
}
