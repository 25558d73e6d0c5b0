import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import { explore } from './explore.ts';

/** `SCHEDULES` sets how many schedules run; the seed and the path of a failure message run one schedule again. */
const { SCHEDULES, SCHEDULES_SEED, SCHEDULES_PATH } = process.env;

/** Lower bounds for 3,000 schedules. A smaller count means that the generators no longer reach a situation. */
const MINIMUM_COVERAGE = {
  commits: 20_000,
  'conflicts and late commits': 5000,
  publications: 7000,
  'publications refused': 3000,
  hits: 30_000,
  fills: 15_000,
  'fills refused': 4000,
  'leases lost': 5000,
  polls: 12_000,
  replays: 1000,
  'writes: success': 20_000,
  'writes: rejection': 5000,
  'reads: success': 40_000,
  'response delivered': 20_000,
  failed: 14_000,
  'response lost': 1300,
  'applied late': 5000,
  'evicted after': 6000,
  'timed out': 18_000,
  'late application: put': 2700,
  'late application: replace': 2200,
  'late application: add': 3000,
  'late application: commit': 400,
  crashes: 650,
  'abandoned calls': 1300,
  'disruptions: circuit breaker open': 650,
  'disruptions: entry evicted': 1000,
  'schedules with eviction of markers': 550,
};

/** @param defaultRuns the number of schedules if `SCHEDULES` is not set */
export function schedulesSuite(defaultRuns: number): void {
  const runs = Number(SCHEDULES ?? defaultRuns);

  it(`violates no property in ${runs} schedules`, async function () {
    this.timeout(0);
    const seed = Number(SCHEDULES_SEED ?? randomInt(2 ** 31));
    const { failure, coverage } = await explore({ runs, seed, path: SCHEDULES_PATH });
    if (failure !== undefined) {
      const command = `SCHEDULES_SEED=${failure.seed} SCHEDULES_PATH=${failure.path} npx mocha test/app/freshness/schedules/schedules.test.ts`;
      expect.fail(
        `A property was violated after ${failure.schedulesRun} schedules:\n${failure.timeline}\n\nRun it again: ${command}\n`,
      );
    }
    if (SCHEDULES_PATH !== undefined) return;
    for (const [situation, minimum] of Object.entries(MINIMUM_COVERAGE)) {
      expect(coverage.counts[situation] ?? 0, situation).to.be.at.least((minimum * runs) / 3000);
    }
  });
}
