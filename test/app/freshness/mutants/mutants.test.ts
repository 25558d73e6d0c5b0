import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { explore } from '../schedules/explore.ts';
import { MUTANTS } from './mutants.ts';

/** The default number of schedules in schedules.test.ts. */
const MAX_SCHEDULES = 3000;
/** Fixed, so that the numbers in docs/freshness.md are reproducible. */
const SEED = 1;

const DOCUMENT = 'docs/freshness.md';
const documentLines = readFileSync(DOCUMENT, 'utf8').split('\n');

describe('the freshness protocol with one rule disabled', () => {
  for (const { rule, mutation, violates } of MUTANTS) {
    it(`violates a property in some schedule: ${rule}`, async function () {
      this.timeout(300_000);
      const { failure } = await explore({ runs: MAX_SCHEDULES, seed: SEED, shrinks: false, mutation });
      expect(failure, `failure within ${MAX_SCHEDULES} schedules`).not.to.equal(undefined);
      const property = failure?.violation.property;
      expect(violates).to.include(property);
      const row = `| ${rule} | ${failure?.schedulesRun.toLocaleString('en')} | ${property} |`;
      expect(documentLines, `rows of ${DOCUMENT}`).to.include(row);
    });
  }
});
