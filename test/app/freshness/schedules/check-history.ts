import { recordId } from '../../../../src/domain/records.ts';
import { formatEntry } from './formatting.ts';
import type { Call } from './history.ts';
import { Linearizability } from './linearizability.ts';
import { withoutOwner } from './owners.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { Violation } from './violation.ts';

/** The first property that a finished simulation violated. */
export async function checkHistory(world: SimulatedWorld): Promise<Violation | undefined> {
  return (
    withoutResponse(world.calls) ??
    inconsistentRetry(world.calls) ??
    (await new Linearizability(world.log).check(world)) ??
    withoutOwner(world.log) ??
    (world.evictsMarkers ? undefined : staleEntry(world))
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

function staleEntry(world: SimulatedWorld): Violation | undefined {
  const [first] = world.finalDivergences;
  return (
    first && {
      property: 'stale entry left in the cache',
      details: `${recordId(first.key)}: the cache holds ${formatEntry(first.cached)}, the store holds ${formatEntry(first.stored)}`,
    }
  );
}
