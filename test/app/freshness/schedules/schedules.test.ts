import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { explore } from './explore.ts';
import { initialRecords } from './initial-records.ts';
import { schedules } from './schedules.ts';
import { SimulatedWorld } from './simulated-world.ts';

/** More of them; or one of them again, as the message of a failure says. */
const { SCHEDULES = '3000', SCHEDULES_SEED, SCHEDULES_PATH } = process.env;

/** Where less than this is met in 3,000 schedules, something is wrong with them. */
const AT_LEAST = {
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
  'changes: answer': 20_000,
  'changes: refusal': 5000,
  'questions: answer': 40_000,
  'answer arrives': 20_000,
  failed: 14_000,
  lost: 1300,
  late: 5000,
  forgotten: 6000,
  'timed out': 18_000,
  'landed: put': 2700,
  'landed: replace': 2200,
  'landed: add': 3000,
  'landed: commit': 400,
  crashes: 650,
  'calls given up': 1300,
  'happenings: cache not trusted': 650,
  'happenings: entry forgotten': 1000,
  'schedules with eviction': 550,
};

describe('the freshness protocol, whatever the order of its steps and whatever fails', () => {
  it(`keeps its promises in ${SCHEDULES} schedules`, async function () {
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
      expect(coverage.counts[what] ?? 0, what).to.be.at.least((least * Number(SCHEDULES)) / 3000);
    }
  });

  it('does the same again under the same schedule', async () => {
    const first = await initialRecords();
    for (const schedule of fc.sample(schedules, { seed: 1, numRuns: 20 })) {
      const worlds = [new SimulatedWorld(schedule), new SimulatedWorld(schedule)];
      for (const world of worlds) await world.run(first);
      const [one, other] = worlds.map(({ traced }) => JSON.stringify(traced));
      expect(one).to.equal(other);
    }
  });
});
