import { recordId } from '../../../../src/domain/records.ts';
import type { Call } from './history.ts';
import { Linearizability } from './linearizability.ts';
import { withoutOwner } from './owners.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { Violation } from './violation.ts';

/** The first promise that a world has broken, after its run. */
export async function checkHistory(world: SimulatedWorld): Promise<Violation | undefined> {
  return (
    unanswered(world.calls) ??
    answeredDifferently(world.calls) ??
    (await new Linearizability(world.log).check(world)) ??
    withoutOwner(world.log) ??
    (world.evictsMarkers ? undefined : stuck(world))
  );
}

function unanswered(calls: readonly Call[]): Violation | undefined {
  const call = calls.find(({ ended, isGivenUp }) => ended === undefined && !isGivenUp);
  return call && { property: 'no answer', what: 'nothing is left that could bring one', call };
}

function answeredDifferently(calls: readonly Call[]): Violation | undefined {
  const first = new Map<string, string>();
  for (const call of calls) {
    if (call.key === undefined || call.ended?.outcome.type !== 'answer') continue;
    const { text } = call.ended.outcome;
    const before = first.get(call.key) ?? text;
    first.set(call.key, before);
    if (before !== text) {
      return { property: 'repeated request answered differently', what: `before: ${before}`, call };
    }
  }
  return undefined;
}

function stuck(world: SimulatedWorld): Violation | undefined {
  const [first] = world.stuck;
  return (
    first && {
      property: 'stuck in the cache',
      what: `${recordId(first.key)}: the cache has ${first.cached}, the store has ${first.stored}`,
    }
  );
}
