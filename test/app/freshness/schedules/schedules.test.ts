import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { beginnings } from './beginnings.ts';
import { explore } from './explore.ts';
import { schedules } from './schedules.ts';
import { SimulatedWorld } from './simulated-world.ts';

/** More of them; or one of them again, as the message of a failure says. */
const { SCHEDULES = '2000', SCHEDULES_SEED, SCHEDULES_PATH } = process.env;

/** Where less than this is met in 2,000 schedules, something is wrong with them. */
const AT_LEAST = {
  commits: 8000,
  'conflicts and late commits': 2000,
  publications: 4000,
  'publications refused': 1000,
  hits: 8000,
  fills: 6000,
  'fills refused': 2000,
  'leases lost': 2000,
  polls: 2000,
  replays: 300,
  'changes: answer': 8000,
  'changes: refusal': 3000,
  'questions: answer': 10_000,
  'answer arrives': 8000,
  failed: 2000,
  lost: 1000,
  late: 1000,
  forgotten: 2000,
  'timed out': 2000,
  'landed: put': 1000,
  'landed: replace': 1000,
  'landed: add': 1000,
  'landed: commit': 80,
  crashes: 500,
  'calls given up': 800,
  'happenings: cache not trusted': 300,
  'happenings: entry forgotten': 500,
  'schedules with eviction': 350,
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
      expect(coverage.counts[what] ?? 0, what).to.be.at.least((least * Number(SCHEDULES)) / 2000);
    }
  });

  it('does the same again under the same schedule', async () => {
    const first = await beginnings();
    for (const schedule of fc.sample(schedules, { seed: 1, numRuns: 20 })) {
      const worlds = [new SimulatedWorld(schedule), new SimulatedWorld(schedule)];
      for (const world of worlds) await world.run(first);
      const [one, other] = worlds.map(({ traced }) => JSON.stringify(traced));
      expect(one).to.equal(other);
    }
  });
});
