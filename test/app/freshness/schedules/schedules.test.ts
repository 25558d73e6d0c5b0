import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import { explore } from './explore.ts';

/** More of them; or one of them again, as the message of a failure says. */
const { SCHEDULES = '2000', SCHEDULES_SEED, SCHEDULES_PATH } = process.env;

/** What was met so seldom in a run of 2,000 schedules that something must be wrong with them. */
const AT_LEAST = {
  commits: 4000,
  hits: 4000,
  fills: 1000,
  publications: 1000,
  'publications refused': 200,
  'leases lost': 200,
  polls: 200,
  'answer arrives': 2000,
  failed: 200,
  lost: 200,
  late: 200,
  forgotten: 200,
  'timed out': 200,
  crashes: 200,
  'calls given up': 200,
  'landed: put': 100,
  'landed: replace': 100,
  'landed: add': 50,
  'landed: commit': 20,
  'conflicts and late commits': 100,
  replays: 50,
  'changes: refusal': 500,
  'schedules with eviction': 300,
};

describe('the freshness protocol, whatever the order of its steps and whatever fails', () => {
  it('keeps its promises', async function () {
    this.timeout(0);
    const seed = Number(SCHEDULES_SEED ?? randomInt(2 ** 31));
    const { found, coverage } = await explore({ runs: Number(SCHEDULES), seed, path: SCHEDULES_PATH });
    if (found !== undefined) {
      const again = `SCHEDULES_SEED=${found.seed} SCHEDULES_PATH=${found.path} npx mocha test/app/freshness/schedules/schedules.test.ts`;
      expect.fail(
        `A promise was broken after ${found.after} schedules:\n${found.timeline}\n\nAgain: ${again}\n`,
      );
    }
    if (SCHEDULES_PATH !== undefined) return;
    for (const [what, least] of Object.entries(AT_LEAST)) {
      expect(coverage.counts[what] ?? 0, what).to.be.at.least((least * Number(SCHEDULES)) / 2000);
    }
  });
});
