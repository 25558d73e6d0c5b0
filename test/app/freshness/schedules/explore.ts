import fc from 'fast-check';
import { checkHistory } from './check-history.ts';
import { Coverage } from './coverage.ts';
import { initialRecords } from './initial-records.ts';
import type { Schedule } from './schedule.ts';
import { schedules } from './schedules.ts';
import type { Overrides } from './simulated-instance.ts';
import { Simulation } from './simulation.ts';
import { timeline } from './timeline.ts';
import type { Violation } from './violation.ts';

export interface Exploration {
  readonly coverage: Coverage;
  readonly failure?: {
    readonly violation: Violation;
    /** The number of schedules run until one failed. */
    readonly schedulesRun: number;
    readonly seed: number;
    readonly path: string;
    readonly timeline: string;
  };
}

const SHRINK_LIMIT_MS = 120_000;

class PropertyViolated extends Error {}

/** Runs random schedules until one violates a property, then shrinks it. */
export async function explore({
  runs,
  seed,
  path,
  shrinks = true,
  overrides = {},
}: {
  readonly runs: number;
  readonly seed: number;
  readonly path?: string | undefined;
  readonly shrinks?: boolean;
  readonly overrides?: Overrides;
}): Promise<Exploration> {
  const changes = await initialRecords();
  const coverage = new Coverage();
  const run = async (schedule: Schedule) => {
    const simulation = new Simulation(schedule, overrides);
    await simulation.run(changes);
    return { simulation, violation: await checkHistory(simulation) };
  };
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const { simulation, violation } = await run(schedule);
    coverage.add(simulation);
    if (violation !== undefined) throw new PropertyViolated();
  });
  const first = await fc.check(property, {
    numRuns: runs,
    seed,
    endOnFailure: true,
    ...(path === undefined ? {} : { path }),
  });
  if (!first.failed) return { coverage };
  const details = shrinks && path === undefined ? await shrink(property, first) : first;
  if (!(details.errorInstance instanceof PropertyViolated)) throw details.errorInstance;
  const [smallest] = details.counterexample ?? [];
  if (smallest === undefined) throw new Error('fast-check reported no counterexample.');
  const { simulation, violation } = await run(smallest);
  if (violation === undefined) {
    throw new Error(
      'The failing schedule passed when it was run again: the simulation is not deterministic.',
    );
  }
  return {
    coverage,
    failure: {
      violation,
      schedulesRun: first.numRuns,
      seed,
      path: details.counterexamplePath ?? '',
      timeline: timeline(simulation, violation),
    },
  };
}

/** The smallest failing schedule found within the time limit. */
function shrink(
  property: fc.IAsyncProperty<[Schedule]>,
  { seed, counterexamplePath: path }: fc.RunDetails<[Schedule]>,
): Promise<fc.RunDetails<[Schedule]>> {
  const plugins = [fc.interruptAfterTimeLimit(SHRINK_LIMIT_MS) as fc.Plugin<[Schedule]>];
  return fc.check<[Schedule]>(property, { seed, ...(path === null ? {} : { path }), plugins });
}
