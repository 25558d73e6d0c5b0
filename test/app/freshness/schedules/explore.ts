import fc from 'fast-check';
import { beginnings } from './beginnings.ts';
import { Coverage } from './coverage.ts';
import { judge } from './judge.ts';
import type { Schedule } from './schedule.ts';
import { schedules } from './schedules.ts';
import type { Alteration } from './simulated-instance.ts';
import { SimulatedWorld } from './simulated-world.ts';
import { timeline } from './timeline.ts';
import type { Violation } from './violation.ts';

export interface Exploration {
  readonly coverage: Coverage;
  readonly found?: {
    readonly violation: Violation;
    /** How many schedules it took to find one that fails. */
    readonly after: number;
    readonly seed: number;
    readonly path: string;
    /** What happens in it, in words. */
    readonly timeline: string;
  };
}

class PromiseBroken extends Error {}

/** Runs worlds until one breaks a promise, then looks for a smaller one that does. */
export async function explore({
  runs,
  seed,
  path,
  shrinks = true,
  alteration = {},
}: {
  readonly runs: number;
  readonly seed: number;
  readonly path?: string | undefined;
  readonly shrinks?: boolean;
  readonly alteration?: Alteration;
}): Promise<Exploration> {
  const first = await beginnings();
  const coverage = new Coverage();
  const run = async (schedule: Schedule) => {
    const world = new SimulatedWorld(schedule, alteration);
    await world.run(first);
    return { world, violation: await judge(world) };
  };
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const { world, violation } = await run(schedule);
    coverage.add(world);
    if (violation !== undefined) throw new PromiseBroken();
  });
  const details = await fc.check(property, {
    numRuns: runs,
    seed,
    endOnFailure: !shrinks || path !== undefined,
    ...(path === undefined ? {} : { path }),
  });
  if (!details.failed) return { coverage };
  if (!(details.errorInstance instanceof PromiseBroken)) throw details.errorInstance;
  const [smallest] = details.counterexample ?? [];
  if (smallest === undefined) throw new Error('fast-check names no counterexample');
  const { world, violation } = await run(smallest);
  if (violation === undefined)
    throw new Error('The same schedule does not fail again: something is left to chance.');
  return {
    coverage,
    found: {
      violation,
      after: details.numRuns,
      seed,
      path: details.counterexamplePath ?? '',
      timeline: timeline(world, violation),
    },
  };
}
