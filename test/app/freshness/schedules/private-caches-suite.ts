import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import { explore } from './explore.ts';
import { privateCaches } from './private-caches.ts';

/** As in schedules-suite.ts. */
const { SCHEDULES, SCHEDULES_SEED, SCHEDULES_PATH } = process.env;

/**
 * A tenth of the schedules for shared caches is enough: only store operations can be slow or fail.
 * @param defaultRuns the number of schedules where `SCHEDULES` is not set
 */
export function privateCachesSuite(defaultRuns: number): void {
  const runs = SCHEDULES === undefined ? defaultRuns : Number(SCHEDULES) / 10;

  it(`violate no property of the freshness protocol in ${runs} schedules`, async function () {
    this.timeout(0);
    const seed = Number(SCHEDULES_SEED ?? randomInt(2 ** 31));
    const { failure, coverage } = await explore({
      runs,
      seed,
      path: SCHEDULES_PATH,
      overrides: privateCaches(),
    });
    if (failure !== undefined) {
      const variables = `SCHEDULES_SEED=${failure.seed} SCHEDULES_PATH=${failure.path}`;
      expect.fail(`${failure.timeline}\n\nRun it again with ${variables}.\n`);
    }
    if (SCHEDULES_PATH !== undefined) return;
    expect(coverage.counts['commits']).to.be.greaterThan(5 * runs);
    expect(coverage.counts['conflicts and late commits']).to.be.greaterThan(runs);
  });
}
