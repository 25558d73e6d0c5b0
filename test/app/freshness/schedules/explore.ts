import fc from 'fast-check';
import { checkHistory } from './check-history.ts';
import { Coverage } from './coverage.ts';
import { initialRecords } from './initial-records.ts';
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

/** For so long a smaller world is looked for that breaks a promise too. */
const SHRINK_MS = 120_000;

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
  const changes = await initialRecords();
  const coverage = new Coverage();
  const run = async (schedule: Schedule) => {
    const world = new SimulatedWorld(schedule, alteration);
    await world.run(changes);
    return { world, violation: await checkHistory(world) };
  };
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const { world, violation } = await run(schedule);
    coverage.add(world);
    if (violation !== undefined) throw new PromiseBroken();
  });
  const first = await fc.check(property, {
    numRuns: runs,
    seed,
    endOnFailure: true,
    ...(path === undefined ? {} : { path }),
  });
  if (!first.failed) return { coverage };
  const details = shrinks && path === undefined ? await smaller(property, first) : first;
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
      after: first.numRuns,
      seed,
      path: details.counterexamplePath ?? '',
      timeline: timeline(world, violation),
    },
  };
}

/** The smallest world there was time for. */
function smaller(
  property: fc.IAsyncProperty<[Schedule]>,
  { seed, counterexamplePath: path }: fc.RunDetails<[Schedule]>,
): Promise<fc.RunDetails<[Schedule]>> {
  const plugins = [fc.interruptAfterTimeLimit(SHRINK_MS) as fc.Plugin<[Schedule]>];
  return fc.check<[Schedule]>(property, { seed, ...(path === null ? {} : { path }), plugins });
}
