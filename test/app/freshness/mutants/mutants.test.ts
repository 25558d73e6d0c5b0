import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { explore } from '../schedules/explore.ts';
import { MUTANTS } from './mutants.ts';

/** As many as the ordinary run of the protocol itself. */
const BUDGET = 3000;
/** Always the same, so that what is written about it in docs/freshness.md stays true. */
const SEED = 1;

const DOCUMENT = 'docs/freshness.md';
const documented = readFileSync(DOCUMENT, 'utf8').split('\n');

describe('the freshness protocol without one of its rules', () => {
  for (const { rule, without, breaks } of MUTANTS) {
    it(`is found out by the schedules: ${rule}`, async function () {
      this.timeout(300_000);
      const { found } = await explore({ runs: BUDGET, seed: SEED, shrinks: false, alteration: without });
      expect(found, `${BUDGET} schedules`).not.to.equal(undefined);
      expect(breaks).to.include(found?.violation.property);
      const row = `| ${rule} | ${found?.after.toLocaleString('en')} | ${found?.violation.property} |`;
      expect(documented.includes(row), `${DOCUMENT} says: ${row}`).to.equal(true);
    });
  }
});
