import fc from 'fast-check';
import {
  faultFreeRound,
  highFaultRound,
  instance,
  lateWritesRound,
  lowFaultRound,
  markerEvictionRound,
  slowRetriesRound,
} from './round-decisions.ts';
import type { Round, RoundDecisions, Schedule } from './schedule.ts';
import { SETTINGS } from './settings.ts';
import { READ_HEAVY_WORKLOAD, SINGLE_RECORD_WORKLOAD_COUNT, WORKLOADS } from './workloads.ts';

const rounds = (
  decisions: fc.Arbitrary<RoundDecisions>,
  { maxRounds, clients, stragglers }: { maxRounds: number; clients: number; stragglers: number },
  isIdempotent: fc.Arbitrary<boolean> = fc.boolean(),
): fc.Arbitrary<Round[]> => {
  const call = fc.record({ instance, operation: fc.nat(99), isIdempotent });
  const round = fc.record({
    calls: fc.array(call, { minLength: 2, maxLength: clients, size: 'max' }),
    decisions,
    stragglers: fc.nat(stragglers),
    idleMs: fc.constantFrom(0, 0, SETTINGS.leaseTtlMs, SETTINGS.markerTtlMs),
  });
  return fc.array(round, { minLength: 1, maxLength: maxRounds, size: 'max' });
};
const manyRounds = { maxRounds: 14, clients: 7, stragglers: 2 };

const common = {
  instances: fc.integer({ min: 2, max: 4 }),
  msPerStep: fc.constantFrom(0.5, 0.25, 1),
  valueTtlMs: fc.constantFrom(1_800_000, 40),
  isCacheWarm: fc.boolean(),
  evictsMarkers: fc.constant(false),
  workload: fc.oneof(fc.nat(SINGLE_RECORD_WORKLOAD_COUNT - 1), fc.nat(WORKLOADS.length - 1)),
};
const readHeavy = fc.constant(READ_HEAVY_WORKLOAD);

/** Schedules of every kind. A seed determines each completely; a failing one is shrunk part by part. */
export const schedules: fc.Arbitrary<Schedule> = fc.noBias(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ ...common, rounds: rounds(faultFreeRound, manyRounds) }) },
    { weight: 2, arbitrary: fc.record({ ...common, rounds: rounds(lowFaultRound, manyRounds) }) },
    { weight: 2, arbitrary: fc.record({ ...common, rounds: rounds(highFaultRound, manyRounds) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        ...common,
        evictsMarkers: fc.constant(true),
        rounds: rounds(markerEvictionRound, manyRounds),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        ...common,
        workload: readHeavy,
        msPerStep: fc.constantFrom(0.5, 1),
        rounds: rounds(lateWritesRound, manyRounds),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        ...common,
        evictsMarkers: fc.constant(true),
        workload: readHeavy,
        msPerStep: fc.constant(0.25),
        rounds: rounds(
          slowRetriesRound,
          { maxRounds: 20, clients: 5, stragglers: 1 },
          fc.constantFrom(true, true, false),
        ),
      }),
    },
  ),
);
